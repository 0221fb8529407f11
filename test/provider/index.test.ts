import { execFileSync } from "node:child_process";
import { join } from "node:path";

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
    ["pulumi-vcc", ["VccAccount", "VccProvider", "accountNames", "basic", "bearer"]],
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
      console.log(JSON.stringify(added.filter((file) => file.includes("node_modules"))));
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
    expect(loaded).toEqual(["lru-cache", "srvx", "zod"]);
  });

  it("contains the compiled code, the page, the documentation, the examples and the schemas, and nothing else", () => {
    const [{ files }] = JSON.parse(
      execFileSync("npm", ["pack", "--dry-run", "--ignore-scripts", "--json"], {
        cwd: root,
        encoding: "utf8",
        stdio: "pipe",
      }),
    );
    const paths: string[] = files.map(({ path }: { path: string }) => path);
    expect(paths.filter((path) => !path.startsWith("dist/")).sort()).toEqual([
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "docs/benchmarks.md",
      "docs/configuration.md",
      "docs/conformance.md",
      "docs/drift.md",
      "docs/emulator.md",
      "docs/lifecycle.md",
      "docs/receiver.md",
      "docs/scale.md",
      "docs/security.md",
      "examples/accounts.ts",
      "examples/ci/github/drift.yml",
      "examples/ci/github/reassert.yml",
      "examples/ci/github/repair.yml",
      "examples/ci/github/review.yml",
      "examples/ci/github/up.yml",
      "examples/ci/gitlab-ci.yml",
      "examples/ci/vcc.sh",
      "examples/fleet.ts",
      "examples/quickstart.ts",
      "examples/reassert.ts",
      "examples/two-regions.ts",
      "examples/without-endpoint.ts",
      "package.json",
      "schemas/conformance-1.schema.json",
      "schemas/drift-report-2.schema.json",
      "schemas/inventory-1.schema.json",
      "schemas/registration-evidence-1.schema.json",
    ]);
    expect(
      paths.filter(
        (path) =>
          !/^dist\/(provider|emulator|receiver|cli)\/([\w-]+\/){0,2}[\w-]+(\.d\.ts|\.js)$|^(docs\/|schemas\/|examples\/(ci\/.*)?)?[^/]+$/.test(
            path,
          ),
      ),
    ).toEqual([
      "dist/emulator/admin/page/controls.css",
      "dist/emulator/admin/page/icon.svg",
      "dist/emulator/admin/page/index.html",
      "dist/emulator/admin/page/layout.css",
      "dist/emulator/admin/page/page.css",
    ]);
  });
});
