import { isFuture, windowMs } from "../../../../cli/drift/report/times";
import { reassertWindow } from "../../../../provider/registration/reassert-window";
import { nowMs } from "../samples";

const hour = 3_600_000;

describe("times", () => {
  it.each([
    ["1h", hour],
    ["5h", hour],
    ["1d", 24 * hour],
    ["10d", 24 * hour],
    ["1w", 7 * 24 * hour],
    ["52w", 7 * 24 * hour],
  ])("reads the window of %s", (reassertEvery, unit) => {
    // The last days of a year belong to either year's weeks.
    for (const at of [nowMs, Date.UTC(2026, 11, 31), Date.UTC(2027, 0, 1), Date.UTC(2025, 0, 5)]) {
      const name = reassertWindow(reassertEvery, at);
      const window = windowMs(name);
      expect(window.unit).toBe(unit);
      expect(window.start).toBeLessThanOrEqual(at);
      // The start of a window belongs to it.
      expect(reassertWindow(reassertEvery, window.start)).toBe(name);
    }
  });

  it("finds no window in another text", () => {
    expect(windowMs("none").start).toBeNaN();
  });

  it("allows clocks to differ by minutes", () => {
    expect(isFuture(new Date(nowMs + 60_000).toISOString(), nowMs)).toBe(false);
    expect(isFuture(new Date(nowMs + hour).toISOString(), nowMs)).toBe(true);
    expect(isFuture(undefined, nowMs)).toBe(false);
  });
});
