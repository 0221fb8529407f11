import { DeadlineError } from "../../provider/errors";
import { createThrottle } from "../../provider/throttle";

function setting(maxConcurrency = 8) {
  const waits: number[] = [];
  /** What happens at the end of each wait. */
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
  const throttle = createThrottle(maxConcurrency, clock, () => 0.5);
  return {
    waits,
    meanwhile,
    throttle,
    ready: (endMs: number) => throttle.whenReady(endMs, async () => {}),
    pass: (ms: number) => {
      nowMs += ms;
    },
    answer: (status: number, retryAfter?: string) =>
      throttle.heard({
        status,
        headers: retryAfter === undefined ? {} : { "retry-after": retryAfter },
        body: "",
      }),
  };
}

const never = Number.POSITIVE_INFINITY;

describe("throttle", () => {
  it("holds back everything until the time that a 429 tells", async () => {
    const { ready, answer, waits } = setting();
    await ready(never);
    answer(429, "60");
    await ready(never);
    await ready(never);
    expect(waits).toEqual([60_000]);
  });

  it("holds back longer each time when a 429 tells nothing, until something succeeds", async () => {
    const { ready, answer, waits } = setting();
    for (const status of [429, 429, 429, 200, 429]) {
      answer(status);
      await ready(never);
    }
    expect(waits).toEqual([250, 500, 1000, 250]);
  });

  it("does not wait beyond the deadline", async () => {
    const { ready, answer, waits } = setting();
    answer(429, "60");
    await expect(ready(1_059_999)).rejects.toBeInstanceOf(DeadlineError);
    await expect(ready(1_059_999)).rejects.toThrow(
      "VCC limits the account's requests (429) until 1970-01-01T00:17:40.000Z, which is after the deadline",
    );
    expect(waits).toEqual([]);
    await ready(1_060_000);
  });

  it("goes on waiting when it is held back further meanwhile", async () => {
    const { ready, answer, waits, meanwhile } = setting();
    answer(429, "10");
    meanwhile.push(() => answer(429, "30"));
    await ready(never);
    expect(waits).toEqual([10_000, 30_000]);
  });

  it("halves how many run at once, once for all that were under way, and recovers", () => {
    const { throttle, answer, pass } = setting(8);
    for (let n = 0; n < 8; n++) answer(429, "10");
    expect(throttle.concurrency()).toBe(4);
    for (let n = 0; n < 5; n++) {
      pass(10_000);
      answer(429, "10");
    }
    expect(throttle.concurrency()).toBe(1);
    answer(500);
    expect(throttle.concurrency()).toBe(1);
    for (const expected of [2, 2, 3, 3, 3, 4]) {
      answer(200);
      expect(throttle.concurrency()).toBe(expected);
    }
    for (let n = 0; n < 100; n++) answer(200);
    expect(throttle.concurrency()).toBe(8);
  });

  it("is not held back for less by a later answer that asks for less", async () => {
    const { ready, answer, waits } = setting();
    answer(429, "60");
    answer(429, "1");
    await ready(never);
    expect(waits).toEqual([60_000]);
  });

  it("lets half as many exchange at once after a limit, whoever had begun before", async () => {
    const { throttle, answer } = setting(4);
    let running = 0;
    let most = 0;
    const exchange = () =>
      throttle.whenReady(never, async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setTimeout(resolve, 5));
        running -= 1;
      });
    await Promise.all(Array.from({ length: 8 }, exchange));
    expect(most).toBe(4);
    answer(429, "1");
    most = 0;
    await Promise.all(Array.from({ length: 8 }, exchange));
    expect(most).toBe(2);
  });

  it("lets no more run at once than that", async () => {
    const { throttle } = setting(3);
    let running = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 20 }, () =>
        throttle.inTurn(async () => {
          running += 1;
          most = Math.max(most, running);
          await new Promise(setImmediate);
          running -= 1;
        }),
      ),
    );
    expect(most).toBe(3);
  });
});
