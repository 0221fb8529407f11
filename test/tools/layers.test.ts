import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { temporaryDirectory } from "../temporary-directory";

const root = join(__dirname, "../..");

const forbidden = [
  ["provider", "./vcc/redact"],
  ["provider/secrets", "../vcc/redact"],
  ["provider/vcc", "../secrets/secret"],
  ["provider/vcc", "../accounts/settings"],
  ["provider/vcc", "@pulumi/pulumi"],
  ["provider/witness", "../lifecycle/state"],
  ["provider/accounts", "../resource/properties"],
  ["provider/resource", "../lifecycle/lifecycle"],
  ["provider/resource", "undici"],
  ["provider/resource", "zod/mini"],
  ["provider/lifecycle", "../resource/vcc-provider"],
  ["provider/lifecycle", "undici"],
  ["emulator", "../provider/errors"],
  ["emulator/vcc", "../faults"],
  ["emulator/admin", "../emulator"],
  ["emulator", "../receiver/receiver"],
  ["receiver", "../emulator/emulator"],
  ["receiver", "../cli/options"],
  ["receiver", "@pulumi/pulumi"],
  ["receiver", "../provider/witness/witness-client"],
  ["receiver", "undici"],
  ["cli", "../provider/lifecycle/lifecycle"],
  ["cli", "../receiver/receiver"],
  ["cli/pulumi", "../drift/repair"],
  ["cli/drift/inspection", "../report/classes"],
  ["cli/drift/report", "../output/text"],
  ["cli/drift/output", "../inspection/inspect"],
  ["cli/inventory", "../drift/repair"],
  ["cli/init", "../../provider/lifecycle/lifecycle"],
  ["cli/bodies", "../../provider/lifecycle/lifecycle"],
  ["cli/bodies", "../pulumi/stack"],
  ["cli/adopt", "../init/declarations"],
  ["cli/verify", "../drift/repair"],
] as const;

const allowed = [
  ["provider/secrets", "../plain-object"],
  ["provider/resource", "../secrets/secret"],
  ["provider/vcc", "../errors"],
  ["provider/witness", "../vcc/transport"],
  ["provider/accounts", "../vcc/register-client"],
  ["provider/resource", "../accounts/settings"],
  ["provider/lifecycle", "../resource/properties"],
  ["emulator/vcc", "../responses"],
  ["emulator/admin", "../controls"],
  ["receiver", "./notification"],
  ["receiver", "../provider/witness/evidence"],
  ["receiver", "../provider/witness/witness"],
  ["cli/drift/inspection", "../../pulumi/project"],
  ["cli/drift/report", "../inspection/inspect"],
  ["cli/conformance", "../../provider/vcc/transport"],
  ["cli/init", "../bodies/bodies"],
  ["cli/bodies", "../../provider/lifecycle/arguments"],
  ["cli/adopt", "../../provider/lifecycle/lifecycle"],
  ["cli/adopt", "../bodies/bodies"],
  ["cli/verify", "../../provider/vcc/register-client"],
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
