import { ApiError, NetworkError } from "../../provider/errors";
import { type Clock, type RetryPolicy, retry } from "../../provider/retry";

/** A clock that passes when it is waited for, and the waits. */
function setting(policy: Partial<RetryPolicy> = {}) {
  const waits: Array<[delayMs: number, why: string]> = [];
  let nowMs = Date.parse("2026-11-22T12:00:00Z");
  const clock: Clock = {
    now: () => nowMs,
    waitUntil: async (ms, why) => {
      waits.push([ms - nowMs, why]);
      nowMs = ms;
    },
  };
  const options = { attempts: 3, deadlineMs: 300_000, random: () => 0.5, ...policy };
  return {
    waits,
    clock,
    run: <Result>(attempt: (endMs: number) => Promise<Result>) => retry(attempt, options, clock),
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
  it("repeats what is retryable, each time after a longer delay", async () => {
    const { waits, run } = setting();
    await expect(run(failing(2, new NetworkError("reset. Check", { sent: true })))).resolves.toBe(
      3,
    );
    expect(waits).toEqual([
      [250, "reset"],
      [500, "reset"],
    ]);
  });

  it("waits no longer than half a minute, and at least not at all", async () => {
    const longest = setting({ attempts: 10, random: () => 0.999 });
    await longest.run(failing(9, new ApiError("503", 503)));
    expect(Math.max(...longest.waits.map(([delayMs]) => delayMs))).toBeCloseTo(30_000, -2);
    const none = setting({ random: () => 0 });
    await none.run(failing(2, new ApiError("503", 503)));
    expect(none.waits.map(([delayMs]) => delayMs)).toEqual([0, 0]);
  });

  it("waits as long as it is asked to", async () => {
    const { waits, run } = setting();
    await run(failing(1, new ApiError("503", 503, 42_000)));
    expect(waits).toEqual([[42_000, "503"]]);
  });

  it("ends at once when it is asked to wait beyond the deadline, and says so", async () => {
    const { waits, run } = setting({ deadlineMs: 60_000 });
    await expect(run(failing(1, new ApiError("503", 503, 61_000)))).rejects.toThrow(
      "503 (VCC asks to wait 61 s, which would be after the deadline of 60 s (vcc:deadline))",
    );
    expect(waits).toEqual([]);
  });

  it("tells each attempt when it has to have ended", async () => {
    const { clock, run } = setting({ deadlineMs: 60_000 });
    const endMs = clock.now() + 60_000;
    const ends: number[] = [];
    await run(async (end) => {
      ends.push(end);
      if (ends.length < 3) throw new ApiError("503", 503);
    });
    expect(ends).toEqual([endMs, endMs, endMs]);
  });

  it("gives up after the last attempt with the last error", async () => {
    const error = new ApiError("503", 503);
    const { waits, run } = setting();
    const failure = run(failing(3, error));
    await expect(failure).rejects.toBeInstanceOf(ApiError);
    await expect(failure).rejects.toMatchObject({ status: 503, code: "VCC_API", name: "ApiError" });
    await expect(failure).rejects.toThrow(/^503 \(that was attempt 3 of 3\)$/);
    expect(waits).toHaveLength(2);
    // Others may have failed with the same one.
    expect(error.message).toBe("503");
  });

  it.each([new ApiError("400", 400), new ApiError("501", 501), new Error("a bug")])(
    "does not repeat what is final: %s",
    async (error) => {
      const { waits, run } = setting();
      await expect(run(failing(1, error))).rejects.toBe(error);
      expect(waits).toEqual([]);
    },
  );
});
