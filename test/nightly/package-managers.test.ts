import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../../emulator";
import { packTarball } from "../../tools/installation.mts";
import { attempt } from "../../tools/package-managers/attempt.mts";
import {
  installationEnvironment,
  type ManagerName,
  packageManagers,
} from "../../tools/package-managers/package-managers.mts";
import type { Layout } from "../../tools/package-managers/project.mts";
import { temporaryDirectory } from "../temporary-directory";

/** Except npm, which `quick-start.test.ts` runs, each in the layout where most can go wrong. */
const working: Array<[ManagerName, Layout]> = [
  ["pnpm", "workspace"],
  ["pnpm-hoisted", "components"],
  ["yarn-classic", "project"],
  ["yarn-node-modules", "project"],
  ["yarn-pnp", "workspace"],
  ["bun", "workspace"],
  ["bun-hoisted", "components"],
];

// Each test installs from the registry of this machine.
jest.setTimeout(300_000);

describe("package managers", () => {
  const directory = temporaryDirectory();
  // With the caches, which all tests share.
  const shared = mkdtempSync(join(tmpdir(), "pulumi-vcc-test-"));
  afterAll(() => rmSync(shared, { recursive: true, force: true }));
  let emulator: Emulator;

  beforeEach(async () => {
    emulator = await startEmulator({ clientId: "id", clientSecret: "secret" });
  });
  afterEach(() => emulator.close());

  const run = (name: ManagerName, layout: Layout) =>
    attempt(name, layout, {
      tarball: packTarball(shared),
      emulator,
      directory: directory.path,
      environment: installationEnvironment(shared),
    });

  it.each(working)("%s installs what registers, in the layout %s", async (name, layout) => {
    expect(await run(name, layout)).toEqual({ result: "works" });
  });

  it.each<ManagerName>(["pnpm", "yarn-pnp"])(
    "%s hides what only a component package depends on, and the preview says what to install",
    async (name) => {
      expect(await run(name, "components")).toMatchObject({
        result: "refused",
        reason:
          "Pulumi's provider process does not find pulumi-vcc in …/infra: install it there, for example with npm install pulumi-vcc",
      });
    },
  );

  it("are all tested", () => {
    const tested = ["npm", ...working.map(([name]) => name)];
    expect(tested.sort()).toEqual(Object.keys(packageManagers).sort());
  });
});
