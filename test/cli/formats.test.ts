import { compareNames, formatTable } from "../../cli/formats";

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

describe("a table", () => {
  const header = ["NAME", "CLASS", "EVIDENCE"];
  const evidence = `registered 2026-11-20T12:00:00.000Z, ${"seen in use, ".repeat(6)}and verified`;
  const rows = [
    ["Crm", "in sync", ""],
    ["A name of thirty-six characters here", "drifted", evidence],
  ];

  it("has one line for each row without a terminal", () => {
    expect(formatTable(header, rows)).toEqual([
      "NAME                                  CLASS    EVIDENCE",
      "Crm                                   in sync",
      `A name of thirty-six characters here  drifted  ${evidence}`,
    ]);
  });

  it("wraps its last column at 120 columns", () => {
    expect(formatTable(header, rows, { width: 120 })).toEqual([
      "NAME                                  CLASS    EVIDENCE",
      "Crm                                   in sync",
      "A name of thirty-six characters here  drifted  registered 2026-11-20T12:00:00.000Z, seen in use, seen in use, seen in",
      "                                               use, seen in use, seen in use, seen in use, and verified",
    ]);
  });

  it("has a block for each row if too little remains for the last column", () => {
    expect(formatTable(header, rows, { width: 70 })).toEqual([
      "NAME      Crm",
      "CLASS     in sync",
      "",
      "NAME      A name of thirty-six characters here",
      "CLASS     drifted",
      "EVIDENCE  registered 2026-11-20T12:00:00.000Z, seen in use, seen in",
      "          use, seen in use, seen in use, seen in use, seen in use, and",
      "          verified",
    ]);
  });
});
