import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { PackageManager } from "../package-managers.mts";
import { type ModuleKind, programFiles } from "./programs.mts";

const root = dirname(dirname(import.meta.dirname));
const { peerDependencies, version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const ownDependency = { "pulumi-vcc": `^${version}` };
const quickstart = readFileSync(join(root, "examples/quickstart.ts"), "utf8");

/** How the project gets pulumi-vcc. */
export const layouts = {
  project: "project",
  workspace: "workspace, and the project depends on pulumi-vcc",
  components: "workspace, and only a component package does",
} as const;
export type Layout = keyof typeof layouts;

export interface ProjectOptions {
  manager: Pick<PackageManager, "files" | "workspaceRange">;
  layout: Layout;
  /** The version of `@pulumi/pulumi`. */
  sdk: string;
}

/** A project of a user, without its installed packages. */
export interface Project {
  /** Where the user installs. */
  root: string;
  /** Where the user runs Pulumi. */
  directory: string;
  /** Replaces the program. It needs no other packages. */
  write(kind: ModuleKind): void;
}

/** @param directory must be empty, and outside of this clone */
export function createProject(
  directory: string,
  { manager, layout, sdk }: ProjectOptions,
): Project {
  const inWorkspace = layout !== "project";
  const folders = inWorkspace ? ["components", "infra"] : [];
  const projectDirectory = inWorkspace ? join(directory, "infra") : directory;
  const manifest = {
    name: "infra",
    // Yarn classic ignores packages of a workspace without a version.
    version: "1.0.0",
    private: true,
    dependencies: {
      "@pulumi/pulumi": sdk,
      ...(layout !== "components" && ownDependency),
      ...(inWorkspace && { "@acme/components": manager.workspaceRange }),
    },
    devDependencies: { "@types/node": "^24.0.0", typescript: "~5.9.3" },
  };
  writeFiles(directory, manager.files(folders));
  if (inWorkspace) {
    const workspace = { name: "acme", private: true, workspaces: folders };
    writeFiles(directory, { "package.json": JSON.stringify(workspace) });
    writeFiles(join(directory, "components"), componentPackage(layout));
  }
  writeFiles(projectDirectory, { "package.json": JSON.stringify(manifest) });
  return {
    root: directory,
    directory: projectDirectory,
    write(kind) {
      const text = inWorkspace ? componentProgram : quickstart;
      const { type, ...files } = programFiles(kind, text);
      for (const file of ["tsconfig.json", "index.ts", "index.js"]) {
        rmSync(join(projectDirectory, file), { force: true });
      }
      writeFiles(projectDirectory, {
        ...files,
        "package.json": JSON.stringify({ ...manifest, type }),
      });
    },
  };
}

/** The package that declares the registration. */
function componentPackage(layout: Layout): Record<string, string> {
  const manifest = {
    name: "@acme/components",
    version: "1.0.0",
    peerDependencies: {
      ...peerDependencies,
      ...(layout === "workspace" && ownDependency),
    },
    dependencies: layout === "components" ? ownDependency : {},
  };
  return {
    "package.json": JSON.stringify(manifest),
    "index.d.ts": `
import * as pulumi from "@pulumi/pulumi";
export declare class Crm extends pulumi.ComponentResource {
  constructor(name: string, args: { callbackToken: pulumi.Input<string> });
}
`,
    "index.js": `
const pulumi = require("@pulumi/pulumi");
const { bearer, VccProvider } = require("pulumi-vcc");
exports.Crm = class extends pulumi.ComponentResource {
  constructor(name, { callbackToken }) {
    super("acme:index:Crm", name);
    new VccProvider(
      name,
      {
        provider: "CrmIntegration",
        endpoint: "https://crm.example.com/vcc",
        headers: { Authorization: bearer(callbackToken), "X-Tenant": "acme" },
        agentActionsPermitted: { release: true, hold: true },
      },
      { parent: this },
    );
  }
};
`,
  };
}

const componentProgram = `
import * as pulumi from "@pulumi/pulumi";
import { Crm } from "@acme/components";

new Crm("crm", { callbackToken: new pulumi.Config().requireSecret("callbackToken") });
`;

function writeFiles(directory: string, files: Record<string, string>): void {
  mkdirSync(directory, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(directory, file), text);
}
