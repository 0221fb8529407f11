import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { temporaryDirectory } from "../temporary-directory";

const root = join(__dirname, "../..");

const forbidden = [
  ["provider/contract", "../registration/schema"],
  ["provider/registration", "../config/settings"],
  ["provider/config", "../client/retry"],
  ["provider/client", "../lifecycle/state"],
  ["provider/client", "@pulumi/pulumi"],
  ["provider/lifecycle", "../program/vcc-provider"],
  ["provider/lifecycle", "../../emulator"],
  ["provider/program", "../registration/registration"],
  ["provider/program", "valibot"],
  ["emulator", "../provider/errors"],
  ["emulator/vcc", "../http/faults"],
  ["emulator/http", "../admin/admin"],
  ["emulator/admin", "../../provider/errors"],
  ["emulator", "../receiver/receiver"],
  ["emulator/vcc", "../../receiver/receiver"],
  ["receiver", "../provider/contract/duration"],
  ["receiver", "../emulator/emulator"],
  ["receiver", "../cli/not-empty"],
  ["receiver", "@pulumi/pulumi"],
  ["receiver", "undici"],
  ["cli", "../provider/config/settings"],
  ["cli", "../receiver/receiver"],
  ["cli/drift", "../../provider/errors"],
  ["cli/stacks", "../drift/look"],
  ["cli/drift/inspection", "../report/classes"],
  ["cli/drift/inspection", "../../../provider/errors"],
  ["cli/drift/report", "../formats/text"],
  ["cli/drift/formats", "../output/outputs"],
  ["cli/inventory", "../drift/look"],
  ["cli/conformance", "../../provider/lifecycle/lifecycle"],
  ["cli/conformance", "../stacks/pulumi"],
] as const;

const allowed = [
  ["provider/client", "../config/settings"],
  ["provider/client", "../errors"],
  ["provider/program", "../contract/settings"],
  ["emulator/http", "../vcc/vcc"],
  ["receiver", "./notification"],
  ["receiver", "valibot"],
  ["cli/drift", "../../provider/contract/resource"],
  ["cli/drift/inspection", "../../stacks/project"],
  ["cli/drift/inspection", "../../../provider/config/setting-sources"],
  ["cli/drift/report", "../inspection/inspect"],
  ["cli/inventory", "../stacks/targets"],
  ["cli/conformance", "../../provider/client/transport"],
] as const;

describe("layers", () => {
  const directory = temporaryDirectory();

  it("forbid imports against their direction, and no others", () => {
    for (const file of ["biome.json", ".gitignore"]) {
      copyFileSync(join(root, file), join(directory.path, file));
    }
    const fileOf = ([layer, imported]: readonly [string, string]) =>
      `${layer}/${imported.replaceAll(/\W+/g, "-")}.ts`;
    for (const entry of [...forbidden, ...allowed]) {
      const path = join(directory.path, fileOf(entry));
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, `import "${entry[1]}";\n`);
    }
    const biome = join(root, "node_modules/.bin/biome");
    const { stderr } = spawnSync(biome, ["lint", "--colors=off", "--max-diagnostics=none"], {
      cwd: directory.path,
      encoding: "utf8",
    });
    const findings = [...stderr.matchAll(/^(\S+):1:8 lint\/style\/noRestrictedImports/gm)];
    expect(findings.map(([, file]) => file).sort()).toEqual(forbidden.map(fileOf).sort());
  });
});
