import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Emulator } from "pulumi-vcc/emulator";
import { environmentWith, type PulumiCli } from "./pulumi-cli.mts";

/** A stack in a backend of its own, which ends with it. */
export interface LocalStack {
  /** The environment of its commands. */
  environment: NodeJS.ProcessEnv;
  /** Runs `pulumi` without prompts, as `run` does. */
  pulumi(...args: string[]): Promise<void>;
  /**
   * Runs a command, and shows it and its output.
   *
   * @throws Error for another exit code than the expected one
   */
  run(program: string, args: string[], exitCode: number): Promise<void>;
  remove(): Promise<void>;
}

/**
 * Lets this process, and those that it starts, connect to this machine without the proxy of the environment, which
 * Pulumi's SDK and `NODE_USE_ENV_PROXY` would use.
 */
export function bypassProxy(): void {
  const { no_proxy, NO_PROXY = "" } = process.env;
  const hosts = [no_proxy ?? NO_PROXY, "127.0.0.1", "localhost"].join(",");
  Object.assign(process.env, { no_proxy: hosts, NO_PROXY: hosts });
}

/** Creates a stack of a project, whose provider registers with an emulator. */
export async function createLocalStack(
  cli: PulumiCli,
  project: string,
  name: string,
  { apiUrl, authUrl }: Emulator,
): Promise<LocalStack> {
  const configFile = join(project, `Pulumi.${name}.yaml`);
  const directory = await mkdtemp(join(tmpdir(), `${name}-`));
  const environment = {
    ...environmentWithout(cli, "VCC_", "PULUMI_"),
    PULUMI_BACKEND_URL: `file://${directory}`,
    PULUMI_HOME: join(directory, "home"),
    PULUMI_CONFIG_PASSPHRASE: "demo",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    VCC_REGION: "emea",
    VCC_CLIENT_ID: "emulator",
    VCC_CLIENT_SECRET: "emulator-secret",
    VCC_API_URL: apiUrl,
    VCC_AUTH_URL: authUrl,
  };
  async function execute(program: string, args: string[], exitCode: number): Promise<void> {
    const command = spawn(program, args, { cwd: project, env: environment, stdio: "inherit" });
    const [code] = await once(command, "close");
    if (code !== exitCode) throw new Error(`${program} ${args[0]} exited with code ${code}`);
  }
  const show = (program: string, args: string[]) =>
    console.log(`\n$ ${[program, ...args].join(" ")}`);

  const stack: LocalStack = {
    environment,
    async pulumi(...args) {
      show("pulumi", args);
      await execute("pulumi", [...args, "--non-interactive"], 0);
    },
    async run(program, args, exitCode) {
      show(program, args);
      await execute(program, args, exitCode);
    },
    async remove() {
      await rm(configFile, { force: true });
      await rm(directory, { recursive: true, force: true });
    },
  };
  await rm(configFile, { force: true });
  await stack.pulumi("stack", "init", name);
  return stack;
}

/** The demo must not use the caller's accounts or stacks. */
function environmentWithout(cli: PulumiCli, ...prefixes: string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environmentWith(cli)).filter(
      ([name]) => !prefixes.some((prefix) => name.startsWith(prefix)),
    ),
  );
}
