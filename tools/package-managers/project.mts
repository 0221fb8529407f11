import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { stringify } from "yaml";
import type { PackageManager } from "./package-managers.mts";

const { peerDependencies } = JSON.parse(
  readFileSync(join(dirname(dirname(import.meta.dirname)), "package.json"), "utf8"),
);

/** How a project gets pulumi-vcc. */
export const layouts = {
  project: "project",
  workspace: "workspace, and the project depends on pulumi-vcc",
  components: "workspace, and only a component package does",
} as const;
export type Layout = keyof typeof layouts;

/**
 * Writes a project that declares a registration, itself or with the component of another package.
 *
 * @returns the directory where the user runs Pulumi
 */
export function createProject(
  root: string,
  manager: PackageManager,
  layout: Layout,
  tarball: string,
): string {
  const own = { "pulumi-vcc": `file:${tarball}` };
  const inWorkspace = layout !== "project";
  const directory = inWorkspace ? join(root, "infra") : root;
  if (inWorkspace) {
    writeFiles(root, {
      "package.json": JSON.stringify({
        name: "acme",
        private: true,
        workspaces: ["components", "infra"],
      }),
    });
    writeFiles(join(root, "components"), {
      "package.json": JSON.stringify({
        name: "@acme/components",
        version: "1.0.0",
        peerDependencies: {
          ...peerDependencies,
          ...(layout === "workspace" && { "pulumi-vcc": "*" }),
        },
        [layout === "workspace" ? "devDependencies" : "dependencies"]: own,
      }),
      "index.js": component,
    });
  }
  writeFiles(root, manager.files);
  writeFiles(directory, {
    "package.json": JSON.stringify({
      name: "infra",
      // Yarn classic ignores packages of a workspace without a version.
      version: "1.0.0",
      private: true,
      dependencies: {
        ...peerDependencies,
        ...(layout !== "components" && own),
        ...(inWorkspace && { "@acme/components": manager.workspaceRange }),
      },
    }),
    "Pulumi.yaml": stringify({ name: "crm", runtime: "nodejs", config: { "vcc:region": "emea" } }),
    "index.js": `${inWorkspace ? `const { Crm } = require("@acme/components");` : component}
new Crm("crm");
`,
  });
  return directory;
}

const component = `const pulumi = require("@pulumi/pulumi");
const { bearer, VccProvider } = require("pulumi-vcc");

class Crm extends pulumi.ComponentResource {
  constructor(name) {
    super("acme:index:Crm", name);
    const args = {
      provider: "CrmIntegration",
      endpoint: "https://crm.example.com/vcc",
      headers: { Authorization: bearer("token") },
      agentActionsPermitted: { hold: true },
    };
    new VccProvider(name, args, { parent: this });
  }
}
exports.Crm = Crm;
`;

function writeFiles(directory: string, files: Record<string, string>): void {
  mkdirSync(directory, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(directory, file), text);
}
