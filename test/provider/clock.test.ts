import { createClock } from "../../provider/clock";

function setting() {
  const lines: string[] = [];
  const sleeps: number[] = [];
  const clock = createClock({
    now: () => 0,
    sleep: async (ms) => void sleeps.push(ms),
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
    expect(sleeps).toEqual([10_000, 60_000]);
  });

  it("tells once of what many wait for, and again of what is longer", async () => {
    const { lines, clock } = setting();
    await Promise.all([60_000, 60_000, 30_000, 90_000].map((ms) => clock.waitUntil(ms, "429")));
    expect(lines).toHaveLength(2);
  });

  it("does not wait for what has passed", async () => {
    const { sleeps, clock } = setting();
    await clock.waitUntil(0, "now");
    await clock.waitUntil(-5, "before");
    expect(sleeps).toEqual([]);
  });
});
