import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { stringify } from "yaml";

const root = dirname(dirname(import.meta.dirname));

export const moduleKinds = {
  typescript: "TypeScript",
  init: "TypeScript of `init`",
  esm: "ES module",
  commonjs: "CommonJS",
} as const;
export type ModuleKind = keyof typeof moduleKinds;

/** The type of the project's `package.json`, and the files that Pulumi needs. */
export function programFiles(
  kind: ModuleKind,
  program: string,
): { type: string } & Record<string, string> {
  const pulumiYaml = (main: string) =>
    stringify({ name: "crm", runtime: "nodejs", main, config: { "vcc:region": "emea" } });
  switch (kind) {
    case "typescript":
      return { type: "commonjs", "Pulumi.yaml": pulumiYaml("index.ts"), "index.ts": program };
    case "init":
      return { ...filesOfInit(), "index.ts": program };
    case "esm":
      return { type: "module", "Pulumi.yaml": pulumiYaml("index.js"), "index.js": program };
    case "commonjs":
      return {
        type: "commonjs",
        "Pulumi.yaml": pulumiYaml("index.js"),
        "index.js": toCommonJs(program),
      };
  }
}

/** Runs the built `pulumi-vcc init`. */
function filesOfInit() {
  const directory = mkdtempSync(join(tmpdir(), "pulumi-vcc-init-"));
  try {
    const args = [join(root, "dist/cli/main.js"), "init", "--region", "emea", "--name", "crm"];
    execFileSync(process.execPath, args, { cwd: directory });
    const text = (file: string) => readFileSync(join(directory, file), "utf8");
    return {
      type: JSON.parse(text("package.json")).type,
      "Pulumi.yaml": text("Pulumi.yaml"),
      "tsconfig.json": text("tsconfig.json"),
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Of a program whose imports and exports take one line each. */
export function toCommonJs(program: string): string {
  return program
    .replaceAll(/^import \* as (\w+) from (.*);$/gm, "const $1 = require($2);")
    .replaceAll(/^import (\{.*\}) from (.*);$/gm, "const $1 = require($2);")
    .replaceAll(/^export const (\w+)/gm, "exports.$1");
}
