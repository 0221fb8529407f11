import { probes } from "../../cli/conformance/probes";
import { read } from "./documents";

describe("docs/conformance.md", () => {
  it("lists what conformance asks, as the code defines it", () => {
    const [, table = ""] = read("docs/conformance.md").split(/<!-- \/?probes -->/);
    const rows = [...table.matchAll(/^\| `(.+?)` \| (.+?) \|/gm)].map(([, ...cells]) => cells);
    expect(rows).toEqual(probes.map(({ id, documented }) => [id, documented]));
  });
});
