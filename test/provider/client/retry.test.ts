import type { Clock } from "../../../provider/client/clock";
import { type RetryPolicy, retry } from "../../../provider/client/retry";
import { ApiError, NetworkError } from "../../../provider/errors";

/** Runs with a clock that jumps to the end of each wait and records the waits. */
function createRun(policy: Partial<RetryPolicy> = {}) {
  const waits: Array<[delayMs: number, reason: string]> = [];
  let nowMs = Date.parse("2026-11-22T12:00:00Z");
  const clock: Clock = {
    now: () => nowMs,
    waitUntil: async (ms, reason) => {
      waits.push([ms - nowMs, reason]);
      nowMs = ms;
    },
  };
  const options = { maxAttempts: 3, totalTimeoutMs: 300_000, random: () => 0.5, ...policy };
  return {
    waits,
    clock,
    run: <Result>(attempt: (deadlineAtMs: number) => Promise<Result>) =>
      retry(attempt, options, clock),
  };
}

function failing(times: number, error: Error) {
  let calls = 0;
  return async () => {
    calls += 1;
    if (calls <= times) throw error;
    return calls;
  };
}

describe("retry", () => {
  it("retries retryable errors with a delay that doubles", async () => {
    const { waits, run } = createRun();
    await expect(
      run(failing(2, new NetworkError("reset. Check", { maybeSent: true }))),
    ).resolves.toBe(3);
    expect(waits).toEqual([
      [250, "reset"],
      [500, "reset"],
    ]);
  });

  it("waits between 0 and 30 seconds", async () => {
    const slowest = createRun({ maxAttempts: 10, random: () => 0.999 });
    await slowest.run(failing(9, new ApiError("503", 503)));
    expect(Math.max(...slowest.waits.map(([delayMs]) => delayMs))).toBeCloseTo(30_000, -2);
    const fastest = createRun({ random: () => 0 });
    await fastest.run(failing(2, new ApiError("503", 503)));
    expect(fastest.waits.map(([delayMs]) => delayMs)).toEqual([0, 0]);
  });

  it("waits as long as the server asks", async () => {
    const { waits, run } = createRun();
    await run(failing(1, new ApiError("503", 503, 42_000)));
    expect(waits).toEqual([[42_000, "503"]]);
  });

  it("waits until the deadline, but no longer", async () => {
    const { waits, run } = createRun({ totalTimeoutMs: 60_000 });
    await run(failing(1, new ApiError("503", 503, 60_000)));
    expect(waits).toEqual([[60_000, "503"]]);
  });

  it("stops at once if the server asks to wait beyond the deadline", async () => {
    const { waits, run } = createRun({ totalTimeoutMs: 60_000 });
    await expect(run(failing(1, new ApiError("503", 503, 61_000)))).rejects.toThrow(
      "503 (VCC asks to wait 61 s, which would be after the deadline of 60 s (vcc:deadline))",
    );
    expect(waits).toEqual([]);
  });

  it("passes the same deadline to each attempt", async () => {
    const { clock, run } = createRun({ totalTimeoutMs: 60_000 });
    const deadlineAtMs = clock.now() + 60_000;
    const deadlines: number[] = [];
    await run(async (deadline) => {
      deadlines.push(deadline);
      if (deadlines.length < 3) throw new ApiError("503", 503);
    });
    expect(deadlines).toEqual([deadlineAtMs, deadlineAtMs, deadlineAtMs]);
  });

  it("throws the error of the last attempt", async () => {
    const error = new ApiError("503", 503);
    const { waits, run } = createRun();
    const failure = run(failing(3, error));
    await expect(failure).rejects.toBeInstanceOf(ApiError);
    await expect(failure).rejects.toMatchObject({ status: 503, name: "ApiError" });
    await expect(failure).rejects.toThrow(/^503 \(that was attempt 3 of 3\)$/);
    expect(waits).toHaveLength(2);
    // Other registrations may have failed with the same error.
    expect(error.message).toBe("503");
  });

  it.each([new ApiError("400", 400), new ApiError("501", 501), new Error("a bug")])(
    "does not retry %s",
    async (error) => {
      const { waits, run } = createRun();
      await expect(run(failing(1, error))).rejects.toBe(error);
      expect(waits).toEqual([]);
    },
  );
});
