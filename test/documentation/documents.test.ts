import { existsSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { type SettingDefinition, settings } from "../../provider/accounts/settings";
import { packageManagers } from "../../tools/package-managers/package-managers.mts";
import { documents, read, root } from "./documents";

/** The anchors that GitHub gives to the headings of a document. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

/** The relative links of a document that are broken. */
function brokenLinks(document: string, text: string): string[] {
  return [...text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)].flatMap(
    ([link, path = "", anchor]) => {
      const target = path === "" ? document : join(dirname(document), path);
      if (relative(root, join(root, target)).startsWith("..")) return [link];
      if (!existsSync(join(root, target))) return [link];
      const found = anchor === undefined || anchorsOf(read(target)).includes(anchor);
      return found ? [] : [link];
    },
  );
}

describe("documents", () => {
  it.each(documents)("%s has no broken links", (document) => {
    expect(brokenLinks(document, read(document))).toEqual([]);
  });

  it("are checked by a function that finds broken links", () => {
    const text =
      "[a](docs/none.md) [b](docs/drift.md#none) [c](docs/drift.md#classes) [d](../x.md)";
    expect(brokenLinks("README.md", text)).toEqual([
      "](docs/none.md)",
      "](docs/drift.md#none)",
      "](../x.md)",
    ]);
  });

  it("include a README of at most 105 lines", () => {
    expect(read("README.md").trimEnd().split("\n").length).toBeLessThanOrEqual(105);
  });

  it("list every dependency in docs/compatibility.md", () => {
    const [, table = ""] = read("docs/compatibility.md").split(/<!-- \/?dependencies -->/);
    const listed = [...table.matchAll(/`([^`]+)`\s\(/g)].map(([, name]) => name);
    expect(listed).toEqual(Object.keys(JSON.parse(read("package.json")).dependencies));
  });

  it("list every package manager in docs/compatibility.md, and the versions of package.json", () => {
    const text = read("docs/compatibility.md");
    const rows = [...text.matchAll(/^\| (.+?) \| `.*pulumi up` \|/gm)].map(([, title]) => title);
    expect(rows).toEqual(Object.values(packageManagers).map(({ title }) => title));
    const { engines, peerDependencies } = JSON.parse(read("package.json"));
    const sdk = peerDependencies["@pulumi/pulumi"];
    expect(text).toContain(`needs Node.js ${engines.node.replace(">=", "")} or newer`);
    expect(text).toContain(`\`@pulumi/pulumi\` \`${sdk}\``);
    expect(text).toContain(`"@pulumi/pulumi": "${sdk}"`);
  });

  it("list every setting in docs/configuration.md, as the code defines it", () => {
    const rows = Object.entries<SettingDefinition>(settings).map(
      ([name, { environmentVariable, description, default: value }]) =>
        `| \`vcc:${name}\` | \`${environmentVariable}\` | ${value === undefined ? "" : `\`${value}\``} | ${description} |`,
    );
    expect(read("docs/configuration.md")).toContain(
      [
        "<!-- settings -->",
        "| configuration | environment | default | |",
        "| --- | --- | --- | --- |",
        ...rows,
        "<!-- /settings -->",
      ].join("\n"),
    );
  });
});
