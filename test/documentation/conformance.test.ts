import { probes } from "../../cli/conformance/probes";
import { read } from "./documents";

describe("the conformance section of docs/emulator.md", () => {
  const [, section = ""] = read("docs/emulator.md").split("## Conformance");
  const [, table = "", others = ""] = section.split(/<!-- \/?probes -->/);
  const rows = [...table.matchAll(/^\| `(.+?)` \| (.+?) \|/gm)].map(([, ...cells]) => cells);
  const [, list = ""] = others.split("break nothing: ");
  const names = [...(list.split(".\n")[0] ?? "").matchAll(/`(.+?)`/g)].map(([, name]) => name);

  it("lists every check once", () => {
    expect([...rows.map(([id]) => id), ...names].sort()).toEqual(probes.map(({ id }) => id).sort());
  });

  it("says what VCC documents, as the code does", () => {
    const documented = new Map(probes.map((probe) => [probe.id, probe.documented]));
    expect(rows).toEqual(rows.map(([id = ""]) => [id, documented.get(id)]));
  });
});
