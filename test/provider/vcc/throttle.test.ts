import { DeadlineError } from "../../../provider/errors";
import { createThrottle } from "../../../provider/vcc/throttle";

function createTestThrottle() {
  const waits: number[] = [];
  /** What happens during each wait. */
  const meanwhile: Array<() => void> = [];
  let nowMs = 1_000_000;
  const clock = {
    now: () => nowMs,
    waitUntil: async (ms: number) => {
      waits.push(ms - nowMs);
      nowMs = ms;
      meanwhile.shift()?.();
    },
  };
  const throttle = createThrottle(clock, () => 0.5);
  return {
    waits,
    meanwhile,
    ready: (deadlineAtMs: number) => throttle.ready(deadlineAtMs),
    observe: (status: number, retryAfter?: string) =>
      throttle.observe({
        status,
        headers: retryAfter === undefined ? {} : { "retry-after": retryAfter },
        body: "",
      }),
  };
}

const never = Number.POSITIVE_INFINITY;

describe("throttle", () => {
  it("holds back every request until the time in Retry-After", async () => {
    const { ready, observe, waits } = createTestThrottle();
    await ready(never);
    observe(429, "60");
    await ready(never);
    await ready(never);
    expect(waits).toEqual([60_000]);
  });

  it("doubles the delay after each 429 without Retry-After, until a success", async () => {
    const { ready, observe, waits } = createTestThrottle();
    for (const status of [429, 429, 429, 200, 429]) {
      observe(status);
      await ready(never);
    }
    expect(waits).toEqual([375, 750, 1500, 375]);
  });

  it("waits for its own delay if Retry-After is shorter", async () => {
    const { ready, observe, waits } = createTestThrottle();
    for (let count = 0; count < 3; count += 1) {
      observe(429, "0");
      await ready(never);
    }
    expect(waits).toEqual([375, 750, 1500]);
  });

  it("counts requests that are refused together once", async () => {
    const { ready, observe, waits } = createTestThrottle();
    observe(429);
    observe(429);
    await ready(never);
    observe(429);
    await ready(never);
    expect(waits).toEqual([375, 750]);
  });

  it("rejects if the hold lasts beyond the deadline", async () => {
    const { ready, observe, waits } = createTestThrottle();
    observe(429, "60");
    await expect(ready(1_059_999)).rejects.toBeInstanceOf(DeadlineError);
    await expect(ready(1_059_999)).rejects.toThrow(
      "VCC limits the account's requests (429) for another 60 s, longer than what remains of the deadline",
    );
    expect(waits).toEqual([]);
    await ready(1_060_000);
  });

  it("waits longer if another 429 extends the hold", async () => {
    const { ready, observe, waits, meanwhile } = createTestThrottle();
    observe(429, "10");
    meanwhile.push(() => observe(429, "30"));
    await ready(never);
    expect(waits).toEqual([10_000, 30_000]);
  });

  it("keeps the longer hold if a later 429 asks for less", async () => {
    const { ready, observe, waits } = createTestThrottle();
    observe(429, "60");
    observe(429, "1");
    await ready(never);
    expect(waits).toEqual([60_000]);
  });
});
