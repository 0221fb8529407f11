import { createClock } from "../../provider/clock";

function setting() {
  const lines: string[] = [];
  const sleeps: number[] = [];
  let nowMs = 0;
  const clock = createClock({
    now: () => nowMs,
    sleep: async (ms) => {
      sleeps.push(ms);
      nowMs += ms;
    },
    tell: (line) => lines.push(line),
  });
  return { lines, sleeps, clock };
}

describe("clock", () => {
  it("tells of a wait that is noticed, what for and until when", async () => {
    const { lines, sleeps, clock } = setting();
    await clock.waitUntil(10_000, "short");
    await clock.waitUntil(60_000, "503 Service Unavailable");
    expect(lines).toEqual(["503 Service Unavailable; waiting until 1970-01-01T00:01:00.000Z"]);
    expect(sleeps).toEqual([10_000, 50_000]);
  });

  it("tells once of what many wait for, of what is longer, and of each cause", async () => {
    const { lines, clock } = setting();
    const waits: Array<[number, string]> = [
      [30_000, "503"],
      [60_000, "429"],
      [60_400, "429"],
      [90_000, "429"],
    ];
    for (const [ms, why] of waits) await clock.waitUntil(ms, why);
    expect(lines).toEqual([
      "503; waiting until 1970-01-01T00:00:30.000Z",
      "429; waiting until 1970-01-01T00:01:00.000Z",
      "429; waiting until 1970-01-01T00:01:30.000Z",
    ]);
  });

  it("waits longer than a timer can", async () => {
    const { sleeps, clock } = setting();
    await clock.waitUntil(2 ** 32, "long");
    expect(sleeps).toEqual([2 ** 31 - 1, 2 ** 31 - 1, 2]);
  });

  it("does not wait for what has passed", async () => {
    const { sleeps, clock } = setting();
    await clock.waitUntil(0, "now");
    await clock.waitUntil(-5, "before");
    expect(sleeps).toEqual([]);
  });
});
