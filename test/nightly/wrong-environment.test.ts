import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../../emulator";
import { createProject, environmentOf, type Project } from "../end-to-end/project";

const commands = {
  preview: ["pulumi", "preview", "--stack", "dev"],
  destroy: ["pulumi", "destroy", "--yes", "--skip-preview", "--stack", "dev"],
  drift: ["pulumi-vcc", "drift", "--stack", "dev"],
  inventory: ["pulumi-vcc", "inventory", "--stack", "dev"],
  conformance: ["pulumi-vcc", "conformance", "--stack", "dev", "--yes"],
  emulator: ["pulumi-vcc", "emulator", "--port", "0"],
  init: ["pulumi-vcc", "init"],
};
type Name = keyof typeof commands;

const needsNode = (version: string) =>
  `Node.js 22.19.0 or newer is required, and this is ${version} (${process.execPath})`;
const oldVersions = ["18.20.8", "20.18.0", "22.12.0"];

const install = "not on the PATH; install it (https://www.pulumi.com/docs/install)";
const logIn = /PULUMI_ACCESS_TOKEN must be set .*; run `pulumi login`, or `pulumi login --local`/;
const whichPassphrase = /PULUMI_CONFIG_PASSPHRASE_FILE .*; it is the one that `pulumi stack init`/;
const noBackend = { PULUMI_BACKEND_URL: undefined, PULUMI_ACCESS_TOKEN: undefined };
const noPassphrase = { PULUMI_CONFIG_PASSPHRASE: undefined };
const noRegion = { VCC_REGION: undefined };

/** What `pulumi` says of the CLI, the project, the login and the passphrase is Pulumi's own. */
describe("in a wrong environment", () => {
  const credentials = { clientId: "id", clientSecret: "secret" };
  let emulator: Emulator;
  let project: Project;
  let empty: string;

  // Nothing changes the stack, so all tests share it.
  beforeAll(async () => {
    emulator = await startEmulator(credentials);
    project = await createProject("tarball");
    project.setEnvironment(environmentOf(emulator, credentials));
    // JavaScript, which starts faster.
    writeFileSync(
      join(project.directory, "Pulumi.yaml"),
      "name: project\nruntime: nodejs\nmain: index.mjs\n",
    );
    writeFileSync(
      join(project.directory, "index.mjs"),
      `import { VccProvider } from "pulumi-vcc";
      new VccProvider("crm", { provider: "Crm", agentActionsPermitted: {} });`,
    );
    await project.stack.setConfig("callbackToken", { value: "token", secret: true });
    await project.stack.up();
    empty = join(project.directory, "state/empty");
    mkdirSync(empty);
  });
  afterAll(async () => {
    await emulator.close();
    project.remove();
  });
  afterEach(() => expect(emulator.requests()).toHaveLength(2));

  /** @param environment without the variables that are `undefined` */
  function run(
    name: Name,
    environment: NodeJS.ProcessEnv = {},
    cwd = project.directory,
  ): Promise<{ code: number; stdout: string; stderr: string }> {
    const [command = "", ...args] = commands[name];
    const main = join(project.directory, "node_modules/pulumi-vcc/dist/cli/main.js");
    const [file, allArgs] =
      command === "pulumi"
        ? [command, [...args, "--non-interactive", "--color", "never"]]
        : [process.execPath, [main, ...args]];
    const env = { ...process.env, ...project.stack.workspace.envVars, ...environment };
    return new Promise((resolve) => {
      execFile(file, allArgs, { cwd, env }, (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
      );
    });
  }

  /** Expects one line on stderr, which names the fix. */
  function expectError({ code, stderr }: Awaited<ReturnType<typeof run>>, fix: string | RegExp) {
    expect(code).toBe(1);
    expect(stderr).toMatch(fix);
    expect(stderr).toMatch(/^error: [^\n]*\n$/);
  }

  it.each<[Name, string, NodeJS.ProcessEnv, string | RegExp]>([
    ["drift", "the Pulumi CLI", { PATH: "" }, install],
    ["inventory", "the Pulumi CLI", { PATH: "" }, install],
    ["conformance", "the Pulumi CLI", { PATH: "" }, install],
    ["drift", "a login", noBackend, logIn],
    ["inventory", "a login", noBackend, logIn],
    ["conformance", "a login", noBackend, logIn],
    ["drift", "the passphrase", noPassphrase, whichPassphrase],
    ["conformance", "the passphrase", noPassphrase, whichPassphrase],
    ["drift", "the region", noRegion, /emea, nam, apac; run `pulumi config set vcc:region/],
    ["conformance", "the region", noRegion, "vcc:region (or VCC_REGION) is required: set it to"],
  ])("%s without %s names the fix", async (name, _what, environment, fix) => {
    expectError(await run(name, environment), fix);
  });

  it("inventory needs neither the passphrase nor the region", async () => {
    const { code, stderr } = await run("inventory", { ...noPassphrase, ...noRegion });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });

  it.each<[Name, string]>([
    ["drift", "pass the directory of Pulumi.yaml with --cwd"],
    ["inventory", "pass the directory of Pulumi.yaml with --cwd"],
    ["conformance", "run this in the directory of Pulumi.yaml"],
  ])("%s without Pulumi.yaml names the fix", async (name, fix) => {
    expectError(await run(name, {}, "/"), fix);
  });

  it.each<Name>(["preview", "destroy"])(
    "pulumi %s without the region names the fix",
    async (name) => {
      const { code, stdout } = await run(name, noRegion);
      expect(code).not.toBe(0);
      expect(stdout).toContain(
        "vcc:region (or VCC_REGION) is required: set it to one of emea, nam, apac",
      );
    },
  );

  /** Makes the processes whose script matches look like another version of Node.js. */
  function withNode(version: string, scripts: RegExp): NodeJS.ProcessEnv {
    const preload = join(project.directory, "temporary/preload.cjs");
    writeFileSync(
      preload,
      `if (${scripts}.test(process.argv[1])) {
        Object.defineProperty(process.versions, "node", { value: "${version}" });
        // Programs need it, and Node.js 18 lacks it.
        if (${version.startsWith("18.")}) delete String.prototype.isWellFormed;
      }`,
    );
    return { NODE_OPTIONS: `--require ${preload}` };
  }

  const everything = /./;
  const programs = /pulumi[\\/]cmd[\\/]run\b/;
  const providerProcesses = /dynamic-provider|pulumi-resource/;

  describe.each(oldVersions)("with Node.js %s", (version) => {
    it.each<Name>(["drift", "inventory", "conformance", "emulator", "init"])(
      "%s does nothing and says so",
      async (name) => {
        const result = await run(name, withNode(version, everything), empty);
        expect(result.stdout).toBe("");
        expectError(result, needsNode(version));
        expect(readdirSync(empty)).toEqual([]);
      },
    );

    it("pulumi preview stops the program, and says so once", async () => {
      const { code, stdout } = await run("preview", withNode(version, everything));
      expect(code).not.toBe(0);
      const [, diagnostics = ""] = stdout.split("Diagnostics:");
      expect(diagnostics.split(needsNode(version))).toHaveLength(2);
      expect(diagnostics).not.toMatch(/^ +at /m);
    });
  });

  it.each<Name>(["preview", "destroy"])(
    "pulumi %s with another Node.js for the provider process than for the program says so",
    async (name) => {
      const { code, stdout } = await run(name, withNode("22.12.0", providerProcesses));
      expect(code).not.toBe(0);
      expect(stdout).toContain(`error: ${name === "destroy" ? "" : "pulumi-nodejs:"}`);
      expect(stdout).toContain(needsNode("22.12.0"));
    },
  );

  it.each([
    ["the program", programs],
    ["the provider process", providerProcesses],
  ])("drift with another Node.js for %s names the fix", async (_what, scripts) => {
    const result = await run("drift", withNode("20.18.0", scripts));
    expectError(result, "; put Node.js 22.19.0 or newer first on the PATH");
    expect(result.stderr).toContain(needsNode("20.18.0"));
  });
});
