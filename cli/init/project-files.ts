import { stringify } from "yaml";
import type { Region } from "../../provider/accounts/settings";
import { formatJson } from "../formats";
import type { NewFile } from "./new-file";

const { version, engines, peerDependencies }: PackageManifest = require("pulumi-vcc/package.json");

interface PackageManifest {
  version: string;
  engines: { node: string };
  peerDependencies: Record<string, string>;
}

/** The dependencies of a project, with the versions that `init` was tested with. */
export const dependencies = {
  "@pulumi/pulumi": peerDependencies["@pulumi/pulumi"],
  "pulumi-vcc": `^${version}`,
};
/** Only for `npm run check`: Node.js runs the program without a compiler. */
export const devDependencies = { "@types/node": "^24.0.0", typescript: "~5.9.3" };

interface ProjectOptions {
  /** The name of the Pulumi project. */
  name: string;
  region: Region | undefined;
  program: string;
}

/** The files of a project, except CI jobs and secrets. */
export function projectFiles({ name, region, program }: ProjectOptions): NewFile[] {
  return [
    { path: "Pulumi.yaml", content: pulumiYaml(name, region) },
    { path: "index.ts", content: program },
    {
      path: "package.json",
      content: formatJson({
        private: true,
        type: "module",
        engines,
        scripts: { check: "tsc" },
        dependencies,
        devDependencies,
      }),
    },
    { path: "tsconfig.json", content: formatJson(typeScriptOptions) },
    { path: ".gitignore", content: "node_modules/\n" },
  ];
}

/**
 * Node.js 22.18 and newer run TypeScript without a compiler. Without `typescript: false`, Pulumi would
 * load one. Language hosts that ignore the option compile the same program.
 */
function pulumiYaml(name: string, region: Region | undefined): string {
  return stringify({
    name,
    description: "Registers providers at Vonage Contact Center (VCC)",
    runtime: { name: "nodejs", options: { typescript: false } },
    main: "index.ts",
    ...(region !== undefined && { config: { "vcc:region": region } }),
  });
}

/** Allows only erasable types, which Node.js can run. */
const typeScriptOptions = {
  compilerOptions: {
    target: "es2023",
    module: "nodenext",
    strict: true,
    erasableSyntaxOnly: true,
    verbatimModuleSyntax: true,
    skipLibCheck: true,
    noEmit: true,
  },
  include: ["*.ts"],
};
