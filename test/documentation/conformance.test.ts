import { probes } from "../../cli/conformance/probes";
import { read } from "./documents";

describe("the conformance section of docs/emulator.md", () => {
  it("says what VCC documents, as the code does", () => {
    const [, table = ""] = read("docs/emulator.md").split(/<!-- \/?probes -->/);
    const rows = [...table.matchAll(/^\| `(.+?)` \| (.+?) \|/gm)].map(([, ...cells]) => cells);
    const documented = probes.map(({ id, documented }) => [id, documented]);
    expect(rows.length).toBeGreaterThan(0);
    expect(documented).toEqual(expect.arrayContaining(rows));
  });
});
