import { createClock } from "../../../provider/vcc/clock";

function createTestClock() {
  const lines: string[] = [];
  const sleeps: number[] = [];
  let nowMs = 0;
  const clock = createClock({
    now: () => nowMs,
    sleep: async (ms) => {
      sleeps.push(ms);
      nowMs += ms;
    },
    log: (line) => lines.push(line),
  });
  return { lines, sleeps, clock };
}

describe("clock", () => {
  it("logs the reason and the end of a wait of more than ten seconds", async () => {
    const { lines, sleeps, clock } = createTestClock();
    await clock.waitUntil(10_000, "short");
    await clock.waitUntil(60_000, "503 Service Unavailable");
    expect(lines).toEqual(["503 Service Unavailable; waiting 50 s"]);
    expect(sleeps).toEqual([10_000, 50_000]);
  });

  it("logs each reason once, and again if the wait becomes longer", async () => {
    const { lines, clock } = createTestClock();
    const waits: Array<[number, string]> = [
      [30_000, "503"],
      [60_000, "429"],
      [60_400, "429"],
      [90_000, "429"],
    ];
    for (const [ms, why] of waits) await clock.waitUntil(ms, why);
    expect(lines).toEqual(["503; waiting 30 s", "429; waiting 30 s", "429; waiting 30 s"]);
  });

  it("splits a wait that is longer than timers support", async () => {
    const { sleeps, clock } = createTestClock();
    await clock.waitUntil(2 ** 32, "long");
    expect(sleeps).toEqual([2 ** 31 - 1, 2 ** 31 - 1, 2]);
  });

  it("does not wait for a moment in the past", async () => {
    const { sleeps, clock } = createTestClock();
    await clock.waitUntil(0, "now");
    await clock.waitUntil(-5, "before");
    expect(sleeps).toEqual([]);
  });

  it("stops waiting when the signal aborts", async () => {
    const controller = new AbortController();
    const clock = createClock({ log() {} });
    const waiting = clock.waitUntil(clock.now() + 60_000, "reason", controller.signal);
    controller.abort();
    await waiting;
    await clock.waitUntil(clock.now() + 60_000, "reason", controller.signal);
  });
});
