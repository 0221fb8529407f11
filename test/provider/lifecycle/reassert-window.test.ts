import fc from "fast-check";
import { describeRecentWindow, reassertWindow } from "../../../provider/lifecycle/reassert-window";

const at = (text: string) => Date.parse(text);
const hourMs = 3_600_000;

describe("reassert window", () => {
  it.each([
    ["1h", "2026-11-22T13:59:59.999Z", "2026-11-22T13:00:00Z"],
    ["1h", "2026-11-22T14:00:00.000Z", "2026-11-22T14:00:00Z"],
    ["12h", "2026-11-22T13:00:00Z", "2026-11-22T12:00:00Z"],
    ["24h", "2026-11-22T13:00:00Z", "2026-11-22T00:00:00Z"],
    ["1d", "2026-11-22T23:59:59.999Z", "2026-11-22T00:00:00Z"],
    ["1d", "2026-11-23T00:00:00Z", "2026-11-23T00:00:00Z"],
    ["7d", "2026-11-22T23:59:59.999Z", "2026-11-16T00:00:00Z"],
    ["1w", "2026-11-23T00:00:00Z", "2026-11-23T00:00:00Z"],
    ["1w", "2027-01-03T12:00:00Z", "2026-12-28T00:00:00Z"],
  ])("of %s at %s begins %s", (reassertEvery, moment, start) => {
    expect(reassertWindow(reassertEvery, at(moment))).toBe(start);
  });

  it("stays the same within a window, and changes in the next one", () => {
    const durations = fc
      .tuple(fc.integer({ min: 1, max: 365 }), fc.constantFrom("h", "d"))
      .map(([count, unit]) => ({
        text: `${count}${unit}`,
        lengthMs: count * (unit === "h" ? 1 : 24) * hourMs,
      }));
    const moments = fc.integer({ min: at("2020-01-01"), max: at("2040-01-01") });
    fc.assert(
      fc.property(durations, moments, ({ text, lengthMs }, moment) => {
        const turns = Array.from({ length: 8 }, (_, n) =>
          reassertWindow(text, moment + (n * lengthMs) / 4),
        );
        expect(new Set(turns.slice(0, 5)).size).toBe(2);
        expect(turns).toEqual([...turns].sort());
        expect(reassertWindow(text, moment + lengthMs) > reassertWindow(text, moment)).toBe(true);
      }),
    );
  });

  it("is described if it began less than ten minutes ago", () => {
    const window = "2026-11-23T00:00:00Z";
    expect(describeRecentWindow(window, at("2026-11-23T00:09:59Z"))).toBe(
      "its window began 9 min ago, at 2026-11-23T00:00:00Z; earlier previews do not show it",
    );
    expect(describeRecentWindow(window, at("2026-11-23T00:10:00Z"))).toBeUndefined();
  });
});
