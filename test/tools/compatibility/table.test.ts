import type { Outcome } from "../../../tools/compatibility/attempt.mts";
import {
  combinations,
  nodeVersions,
  oldSdkVersion,
} from "../../../tools/compatibility/combinations.mts";
import { type Result, toMarkdown } from "../../../tools/compatibility/table.mts";

const clis = [
  { version: "3.1.0", directory: "/old" },
  { version: "3.2.0", directory: "/new" },
] as const;
const works: Outcome = { result: "works" };

/** What the command would print if `outcomeOf` were the outcomes of all runs. */
function tables(outcomeOf: (combination: Omit<Result, "outcome">) => Outcome): string {
  const results = combinations(["npm", "yarn-pnp"], clis).map((combination) => {
    const each = { ...combination, managerVersion: combination.manager.version ?? "9.9.9" };
    return { ...each, outcome: outcomeOf(each) };
  });
  return toMarkdown("2026-11-25", results);
}

describe("the tables of docs/compatibility.md", () => {
  it("have a row for each package manager and variant", () => {
    const [, first = ""] = tables(() => works).split("\n\n");
    expect(first.split("\n").slice(2)).toEqual([
      "| npm 9.9.9 | `pulumi up` | works | works | works | works |",
      "| Yarn 9.9.9, Plug'n'Play | `yarn exec pulumi up` | works | works | works | works |",
      "| Yarn 4.6.0, Plug'n'Play | `yarn exec pulumi up` | works | – | – | – |",
      "| Yarn 9.9.9, Plug'n'Play, without `yarn exec` | `pulumi up` | works | – | – | – |",
    ]);
  });

  it("have a row for the CLIs that do not differ, and two for those that do", () => {
    const [oldest = ""] = nodeVersions;
    const problem = { command: "pulumi up", sentence: "No." };
    const [, , second = ""] = tables(({ node, sdk, cli, kind }) =>
      node === oldest && sdk === "3.216.0" && cli.version === "3.1.0" && kind === "esm"
        ? { result: "fails", problem }
        : works,
    ).split("\n\n");
    const rows = second.split("\n").filter((row) => row.startsWith(`| ${oldest} `));
    expect(rows.slice(0, 2)).toEqual([
      `| ${oldest} | 3.216.0 | 3.1.0 | works | works | fails ¹ | works |`,
      `| ${oldest} | 3.216.0 | 3.2.0 | works | works | works | works |`,
    ]);
    expect(rows[2]).toMatch(/\| 3\.1\.0, 3\.2\.0 \| works \| works \| works \| works \|$/);
  });

  it("quote each sentence once, and say where it applies", () => {
    const markdown = tables(({ sdk, layout, kind, manager: { name } }) => {
      if (sdk === oldSdkVersion) {
        return { result: "refused", problem: { command: "npm install", sentence: "peer <*>" } };
      }
      if (layout !== "project" || kind !== "esm" || name !== "yarn-pnp") return works;
      return { result: "refused", problem: { command: "pulumi up", sentence: "No." } };
    });
    expect(markdown.match(/peer \\<\\\*\\>/g)).toHaveLength(1);
    expect(markdown).toMatch(/works with TypeScript, .*<br>refused ² with ES module, Node\.js /);
    expect(markdown.split("\n\n").slice(3)).toEqual([
      "¹ `npm install`: *peer \\<\\*\\>*",
      "² `pulumi up`: *No.*",
    ]);
  });
});
