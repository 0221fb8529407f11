import { isFuture } from "../../../../cli/drift/report/times";
import { nowMs } from "../samples";

const hour = 3_600_000;

describe("times", () => {
  it("allows clocks to differ by minutes", () => {
    expect(isFuture(new Date(nowMs + 60_000).toISOString(), nowMs)).toBe(false);
    expect(isFuture(new Date(nowMs + hour).toISOString(), nowMs)).toBe(true);
    expect(isFuture(undefined, nowMs)).toBe(false);
  });
});
