import { byVersion } from "../by-version.mts";
import type { Outcome } from "./attempt.mts";
import { type Combination, oldNodeVersions, oldSdkVersion } from "./combinations.mts";
import { type ModuleKind, moduleKinds } from "./programs.mts";
import { type Layout, layouts } from "./project.mts";

export interface Result extends Combination {
  outcome: Outcome;
  /** The version of the package manager. */
  managerVersion: string;
}

/** The tables of `docs/compatibility.md`, with their footnotes. */
export function toMarkdown(date: string, results: readonly Result[]): string {
  const notes = createNotes();
  const tables = [managerTable(results, notes.cell), versionTable(results, notes.cell)];
  return [describe(date, results), ...tables, ...notes.lines()].join("\n\n");
}

type Cell = (results: readonly Result[]) => string;

function createNotes(): { cell: Cell; lines(): string[] } {
  const texts: string[] = [];
  const mark = ({ command, sentence }: NonNullable<Outcome["problem"]>) => {
    const text = `\`${command}\`: *${sentence.replaceAll(/[*_<>|]/g, "\\$&")}*`;
    if (!texts.includes(text)) texts.push(text);
    return ` ${superscript(texts.indexOf(text) + 1)}`;
  };
  const label = ({ outcome: { result, problem } }: Result) =>
    result + (problem === undefined ? "" : mark(problem));
  return {
    cell(results) {
      const groups = Map.groupBy(results, label);
      if (groups.size === 0) return "–";
      const [only] = groups.keys();
      if (groups.size === 1) return `${only}`;
      return [...groups]
        .map(([text, members]) => `${text} with ${members.map(versionsOf).join("; ")}`)
        .join("<br>");
    },
    lines: () => texts.map((text, index) => `${superscript(index + 1)} ${text}`),
  };
}

function versionsOf({ kind, node, sdk, cli }: Result): string {
  return `${moduleKinds[kind]}, Node.js ${node}, SDK ${sdk}, CLI ${cli.version}`;
}

function describe(date: string, results: readonly Result[]): string {
  const list = (property: (result: Result) => string) =>
    [...new Set(results.filter(isSupported).map(property))].sort(byVersion).join(", ");
  return (
    `${date}: ${results.length} runs with Node.js ${list(({ node }) => node)}, @pulumi/pulumi ` +
    `${list(({ sdk }) => sdk)} and the Pulumi CLI ${list(({ cli }) => cli.version)}.`
  );
}

function managerTable(results: readonly Result[], cell: Cell): string {
  const rows = [...Map.groupBy(results, managerTitle)].map(([title, members]) => {
    const [{ manager }] = members as [Result];
    const ofLayout = (layout: Layout) =>
      cell(members.filter((each) => each.layout === layout && isSupported(each)));
    const withOldSdk = cell(members.filter(({ sdk }) => sdk === oldSdkVersion));
    const cells = (Object.keys(layouts) as Layout[]).map(ofLayout);
    return [title, `\`${manager.pulumi} up\``, ...cells, withOldSdk];
  });
  return table(
    ["package manager", "command", ...Object.values(layouts), `unsupported SDK ${oldSdkVersion}`],
    rows,
  );
}

function versionTable(results: readonly Result[], cell: Cell): string {
  const [first] = results;
  const own = results
    .filter(
      ({ manager, layout, sdk }) =>
        manager.name === first?.manager.name && layout === "project" && sdk !== oldSdkVersion,
    )
    .sort((a, b) => byVersion(a.node, b.node) || byVersion(a.sdk, b.sdk));
  const kinds = Object.keys(moduleKinds) as ModuleKind[];
  const rows = [...Map.groupBy(own, ({ node, sdk }) => `${node} ${sdk}`).values()].flatMap(
    (members) => {
      const [{ node, sdk }] = members as [Result];
      const ofCli = (cli: string) => members.filter((each) => each.cli.version === cli);
      const clis = [...new Set(members.map(({ cli }) => cli.version))];
      const cellsOf = (cli: string) =>
        kinds.map((kind) => cell(ofCli(cli).filter((each) => each.kind === kind)));
      // CLIs that do not differ share a row.
      return [...Map.groupBy(clis, (cli) => cellsOf(cli).join(" | "))].map(([cells, equal]) => [
        node,
        sdk,
        equal.join(", "),
        cells,
      ]);
    },
  );
  return table(["Node.js", "SDK", "CLI", ...kinds.map((kind) => moduleKinds[kind])], rows);
}

/** Those of the first table. The second one has the older versions of Node.js. */
function isSupported({ sdk, node }: Result): boolean {
  return sdk !== oldSdkVersion && !oldNodeVersions.includes(node);
}

function managerTitle({ manager, managerVersion }: Result): string {
  const [name, ...rest] = manager.title.split(",");
  return [`${name} ${managerVersion}`, ...rest].join(",");
}

function table(head: string[], rows: string[][]): string {
  const lines = [head, head.map(() => "---"), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function superscript(number: number): string {
  return [...String(number)].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]).join("");
}
