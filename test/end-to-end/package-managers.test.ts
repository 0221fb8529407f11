import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { startEmulator } from "../../emulator";
import { attempt } from "../../tools/compatibility/attempt.mts";
import { createProject, type Layout } from "../../tools/compatibility/project.mts";
import { packageManagers, writePrograms } from "../../tools/package-managers.mts";
import { type PackageRegistry, startPackageRegistry } from "../../tools/package-registry.mts";
import { runAsUser } from "../../tools/user-shell.mts";
import { temporaryDirectory } from "../temporary-directory";

/** Those that `quick-start.test.ts` does not run, each in the layout where most can go wrong. */
const working: Array<[name: string, layout: Layout]> = [
  ["pnpm-hoisted", "components"],
  ["yarn-classic", "project"],
  ["yarn-node-modules", "project"],
  ["yarn-pnp", "workspace"],
  ["bun", "workspace"],
  ["bun-hoisted", "components"],
];

describe("package managers", () => {
  const directory = temporaryDirectory();
  let registry: PackageRegistry;

  beforeAll(async () => {
    registry = await startPackageRegistry();
  });
  afterAll(() => registry.close());

  /** Installs and runs a JavaScript program, which starts without a compiler. */
  async function run(name: string, layout: Layout, { briefly }: { briefly: boolean }) {
    const manager = packageManagers.find((each) => each.name === name);
    if (manager === undefined) throw new Error(`no package manager ${name}`);
    const programs = join(directory.path, "programs");
    writePrograms(programs, manager);
    const home = join(directory.path, "home");
    mkdirSync(home);
    const project = createProject(join(directory.path, "acme"), {
      manager,
      layout,
      sdk: "^3.216.0",
    });
    const { environment } = registry;
    const user = { directory: project.root, home, programs: [programs], environment };
    const { code, output } = await runAsUser(manager.install, user);
    if (code !== 0) throw new Error(`${manager.install}: exit code ${code}:\n${output}`);
    project.write("commonjs");
    const emulator = await startEmulator({ clientId: "id", clientSecret: "secret" });
    try {
      const node = dirname(process.execPath);
      return await attempt(project, {
        ...user,
        programs: [programs, node],
        manager,
        emulator,
        briefly,
      });
    } finally {
      await emulator.close();
    }
  }

  it.each(working)("%s installs what registers, in the layout %s", async (name, layout) => {
    expect(await run(name, layout, { briefly: true })).toEqual({ result: "works" });
  });

  it.each(["pnpm", "yarn-pnp"])(
    "%s hides what only a component package depends on, and the preview says what to install",
    async (name) => {
      const { result, problem } = await run(name, "components", { briefly: false });
      expect(result).toBe("refused");
      expect(problem?.sentence).toBe(
        "Pulumi's provider process does not find pulumi-vcc in …/infra: install it there, for example with npm install pulumi-vcc",
      );
    },
  );

  it("are all tested", () => {
    const tested = ["npm", "pnpm", ...working.map(([name]) => name)];
    expect(packageManagers.map(({ name }) => name).sort()).toEqual(tested.sort());
  });
});
