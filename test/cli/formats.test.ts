import { compareNames } from "../../cli/formats";

describe("names", () => {
  it("are compared one after the other, with numbers by their values", () => {
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
