import { compareNames } from "../../cli/output";

describe("names", () => {
  it("are compared one after the other, and as people count", () => {
    const sorted = [
      [null, "z"],
      ["a", "nam"],
      ["ab", "emea"],
      ["b", "2"],
      ["b", "10"],
    ];
    expect([...sorted].reverse().sort(compareNames)).toEqual(sorted);
  });
});
