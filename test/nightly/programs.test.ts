import {
  cpSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { leastPowerful, type Project, sceneWith } from "../end-to-end/project";

const root = join(__dirname, "../..");
const registered = {
  provider: "Crm",
  endpoint: "https://crm.example.com/vcc",
  headers: { Authorization: "Bearer token" },
  agentactionspermitted: { release: 1, hold: 1, transferToAgent: 0, transferToRoute: 0 },
};
const args = (endpoint = registered.endpoint) => `{
  provider: "Crm",
  endpoint: "${endpoint}",
  headers: { Authorization: bearer("token") },
  agentActionsPermitted: { hold: true },
}`;
const imports = 'import { bearer, VccProvider } from "pulumi-vcc";';

describe("pulumi registers and resets", () => {
  const scene = sceneWith("tarball");

  it.each<[string, (project: Project) => void]>([
    [
      "a TypeScript program",
      (project) => project.write(`${imports}\nnew VccProvider("crm", ${args()});`),
    ],
    [
      "a CommonJS program",
      (project) => {
        const program = `
          const { bearer, VccProvider } = require("pulumi-vcc");
          new VccProvider("crm", ${args()});
        `;
        writeMain(project, "index.js", program);
      },
    ],
    [
      "a program of ES modules",
      (project) => {
        const manifest = { name: "project", type: "module" };
        writeFileSync(join(project.directory, "package.json"), JSON.stringify(manifest));
        writeMain(project, "index.js", `${imports}\nnew VccProvider("crm", ${args()});`);
      },
    ],
    [
      "a resource in a component",
      (project) =>
        project.write(`
          import * as pulumi from "@pulumi/pulumi";
          ${imports}
          class Team extends pulumi.ComponentResource {
            constructor(name: string) {
              super("test:index:Team", name);
              const crm = new VccProvider("crm", ${args()}, { parent: this });
              this.registerOutputs({ region: crm.region });
            }
          }
          new Team("team");
        `),
    ],
    [
      "a resource that a stack transformation changes",
      (project) =>
        project.write(`
          import * as pulumi from "@pulumi/pulumi";
          ${imports}
          pulumi.runtime.registerStackTransformation(({ type, props, opts }) =>
            type.endsWith(":VccProvider")
              ? { props: { ...props, endpoint: "${registered.endpoint}" }, opts }
              : undefined,
          );
          new VccProvider("crm", ${args("https://other.example.com")});
        `),
    ],
    [
      "a resource that its own transform changes",
      (project) =>
        project.write(`
          import * as pulumi from "@pulumi/pulumi";
          ${imports}
          const transform: pulumi.ResourceTransform = ({ props, opts }) => ({
            props: { ...props, endpoint: "${registered.endpoint}" },
            opts,
          });
          new VccProvider("crm", ${args("https://other.example.com")}, { transforms: [transform] });
        `),
    ],
  ])("%s", async (_name, prepare) => {
    const { project, emulator } = scene;
    const { stack } = project;
    prepare(project);
    await stack.up();
    expect(emulator.registrations()).toEqual([registered]);
    await stack.preview({ expectNoChanges: true });
    await stack.destroy();
    expect(emulator.registrations()).toEqual([leastPowerful("Crm")]);
    expect(project.state()).not.toContain("Bearer token");
  });

  it("in the layout of pnpm, a resource of another package is rejected with the remedy", async () => {
    const { project, emulator } = scene;
    useLayoutOfPnpm(project);
    project.write('import { createCrm } from "company-crm";\ncreateCrm();');
    await expect(project.stack.preview()).rejects.toThrow(
      `does not find pulumi-vcc in ${project.directory}: install it there, for example with npm install pulumi-vcc`,
    );
    expect(emulator.requests()).toEqual([]);
  });
});

function writeMain({ directory }: Project, main: string, program: string) {
  rmSync(join(directory, "tsconfig.json"));
  writeFileSync(join(directory, "Pulumi.yaml"), `name: project\nruntime: nodejs\nmain: ${main}\n`);
  writeFileSync(join(directory, main), program);
}

/**
 * Rebuilds `node_modules` as pnpm lays it out: the project finds only what it depends on, and Pulumi's
 * SDK also finds everything that pnpm hoists. The project depends on `company-crm`, which depends on
 * `pulumi-vcc`.
 */
function useLayoutOfPnpm({ directory }: Project) {
  const modules = join(directory, "node_modules");
  const unpacked = join(directory, "unpacked");
  renameSync(join(modules, "pulumi-vcc"), unpacked);
  rmSync(modules, { recursive: true });

  const store = join(modules, ".pnpm");
  const place = (name: string) => join(store, name.replace("/", "+"), "node_modules", name);
  const sdk = place("@pulumi/pulumi");
  const vcc = place("pulumi-vcc");
  const crm = place("company-crm");
  for (const path of [sdk, vcc, crm]) mkdirSync(dirname(path), { recursive: true });
  cpSync(join(root, "node_modules/@pulumi/pulumi"), sdk, { recursive: true });
  renameSync(unpacked, vcc);
  mkdirSync(crm);
  writeFileSync(
    join(crm, "index.js"),
    `const { bearer, VccProvider } = require("pulumi-vcc");
     exports.createCrm = () => new VccProvider("crm", ${args()});`,
  );
  writeFileSync(join(crm, "index.d.ts"), "export declare function createCrm(): void;");

  const hoisted = join(store, "node_modules");
  mkdirSync(hoisted);
  for (const name of readdirSync(join(root, "node_modules"))) {
    if (["@pulumi", "pulumi-vcc"].includes(name) || name.startsWith(".")) continue;
    symlinkSync(join(root, "node_modules", name), join(hoisted, name));
  }
  const link = (target: string, path: string) => {
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(target, path);
  };
  link(vcc, join(hoisted, "pulumi-vcc"));
  link(vcc, join(dirname(crm), "pulumi-vcc"));
  link(sdk, join(dirname(vcc), "@pulumi/pulumi"));
  link(sdk, join(modules, "@pulumi/pulumi"));
  link(crm, join(modules, "company-crm"));
  for (const name of ["typescript", "@types/node"]) {
    link(join(root, "node_modules", name), join(modules, name));
  }
}
