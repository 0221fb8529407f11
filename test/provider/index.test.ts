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
    expect(loaded).toEqual(["srvx", "zod"]);
  });
});
