import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import ts from "typescript";
import { install } from "../../tools/installation.mts";
import { compile } from "../compiler";
import { temporaryDirectory } from "../temporary-directory";

const root = join(__dirname, "../..");

/** Runs a script where the built package is installed, and returns what it prints. */
function run(script: string): unknown {
  const output = execFileSync(process.execPath, ["-e", script], {
    cwd: join(root, "examples"),
    encoding: "utf8",
  });
  return JSON.parse(output);
}

describe("the package", () => {
  it.each([
    [
      "pulumi-vcc",
      ["VccProvider", "accountNames", "basic", "bearer", "fromEnvironment", "secretText"],
    ],
    ["pulumi-vcc/dynamic", ["check", "configure", "create", "delete", "diff", "read", "update"]],
    ["pulumi-vcc/emulator", ["startEmulator"]],
    ["pulumi-vcc/receiver", ["createReceiver", "notificationRequest"]],
  ])("exports from %s exactly %j", (name, exported) => {
    expect(run(`console.log(JSON.stringify(Object.keys(require("${name}")).sort()))`)).toEqual(
      exported,
    );
  });

  it("loads neither undici nor zod into a program", () => {
    const loaded = run(`
      require("@pulumi/pulumi");
      const before = new Set(Object.keys(require.cache));
      require("pulumi-vcc");
      const added = Object.keys(require.cache).filter((file) => !before.has(file));
      console.log(JSON.stringify(added.filter((file) => /node_modules.*\\.[cm]?js$/.test(file))));
    `);
    expect(loaded).toEqual([]);
  });

  it("loads into a receiver only what every platform has", () => {
    const loaded = run(`
      require("pulumi-vcc/receiver");
      const files = Object.keys(require.cache).filter((file) => file.includes("node_modules"));
      const names = files.map((file) => file.replace(/.*node_modules.(@[^/]+.)?([^/]+).*/, "$1$2"));
      console.log(JSON.stringify([...new Set(names)].sort()));
    `);
    expect(loaded).toEqual(["srvx"]);
  });
});

describe("the installed package", () => {
  const directory = temporaryDirectory();

  it("requires its dependencies without a warning, ES modules included", () => {
    install(directory.path, "tarball");
    const script = `
      const requireAsPackage = require("module").createRequire(require.resolve("pulumi-vcc/package.json"));
      const { dependencies } = requireAsPackage("./package.json");
      for (const name of Object.keys(dependencies)) requireAsPackage(name);
      console.log(Object.keys(dependencies).length);
    `;
    const { stdout, stderr } = spawnSync(process.execPath, ["-e", script], {
      cwd: directory.path,
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    expect(Number(stdout)).toBeGreaterThan(5);
  });
});

describe("the declarations", () => {
  const entryPoints = [
    "pulumi-vcc",
    "pulumi-vcc/dynamic",
    "pulumi-vcc/emulator",
    "pulumi-vcc/receiver",
  ];
  const text = entryPoints
    .map((name, index) => `import * as module${index} from "${name}";\nvoid module${index};`)
    .join("\n");

  it.each([
    ["commonjs", ts.ModuleKind.CommonJS, ts.ModuleResolutionKind.Node10],
    ["nodenext", ts.ModuleKind.NodeNext, ts.ModuleResolutionKind.NodeNext],
    ["esnext and a bundler", ts.ModuleKind.ESNext, ts.ModuleResolutionKind.Bundler],
  ])("compile with module %s and without skipLibCheck", (_name, module, moduleResolution) => {
    const settings = { module, moduleResolution, skipLibCheck: false };
    expect(compile([{ name: "program.ts", text }], settings)).toEqual([]);
  });

  it("accept a JSON file of bodies whose fields and headers differ", () => {
    const bodies = [
      { provider: "A", agentactionspermitted: { release: 1, hold: 1 } },
      { provider: "B", endpoint: "https://b.example.com", headers: { Authorization: "Bearer b" } },
      { provider: "C", headers: { "X-Tenant": "c" }, agentactionspermitted: { hold: 0 } },
    ];
    const program = `
      import { VccProvider } from "pulumi-vcc";
      import bodies from "./bodies.json";

      for (const body of bodies) VccProvider.fromSettings(body.provider, body);
    `;
    const files = [
      { name: "program.ts", text: program },
      { name: "bodies.json", text: JSON.stringify(bodies) },
    ];
    const settings = {
      module: ts.ModuleKind.CommonJS,
      moduleResolution: ts.ModuleResolutionKind.Node10,
    };
    for (const exactOptionalPropertyTypes of [false, true]) {
      expect(
        compile(files, {
          ...settings,
          resolveJsonModule: true,
          esModuleInterop: true,
          exactOptionalPropertyTypes,
        }),
      ).toEqual([]);
    }
  });
});
