import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { unpackTarball } from "../tools/installation.mts";
import { environmentWith } from "../tools/pulumi-cli.mts";
import type { Command } from "./measurement.mts";
import { cleanEnvironment, type Operation, type Project, type ProjectOptions } from "./project.mts";
import type { Server } from "./server.mts";
import { clientSecret, type Workload } from "./workload.mts";

const commands: Record<Operation, string[]> = {
  up: ["up", "--yes", "--skip-preview"],
  preview: ["preview", "--expect-no-changes"],
  noop: ["up", "--yes", "--skip-preview", "--expect-no-changes"],
  rotate: ["up", "--yes", "--skip-preview"],
};

/**
 * Creates a project of Pulumi's template, like a package of a monorepo: with its own `pulumi-vcc`, and with
 * the other dependencies in a parent directory. `PULUMI_SKIP_CHECKPOINTS` applies to it.
 *
 * @param program the name of a file in `programs/`
 */
export function createPulumiProject(
  program: string,
  { directory, cli, tarball }: ProjectOptions,
): Project {
  if (cli === undefined) throw new Error("needs the Pulumi CLI");
  const backend = join(directory, "backend");
  const { PULUMI_SKIP_CHECKPOINTS } = process.env;
  let env: NodeJS.ProcessEnv = {
    ...cleanEnvironment(directory),
    PATH: environmentWith(cli).PATH,
    PULUMI_BACKEND_URL: `file://${backend}`,
    PULUMI_HOME: join(directory, "home"),
    PULUMI_CONFIG_PASSPHRASE: "bench",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    ...(PULUMI_SKIP_CHECKPOINTS !== undefined && { PULUMI_SKIP_CHECKPOINTS }),
  };
  const compilerOptions = { strict: true, target: "es2020", module: "nodenext" };
  const files = {
    "Pulumi.yaml": "name: bench\nruntime: nodejs\nmain: index.ts\n",
    "tsconfig.json": JSON.stringify({ compilerOptions }),
    "package.json": JSON.stringify({ name: "bench" }),
  };
  unpackTarball(tarball, directory);
  for (const [file, text] of Object.entries(files)) writeFileSync(join(directory, file), text);
  copyFileSync(join(import.meta.dirname, "programs", program), join(directory, "index.ts"));

  const command = (...args: string[]): Command => ({
    program: "pulumi",
    args: [...args, "--non-interactive", "--color=never"],
    cwd: directory,
    env,
  });
  async function run(...args: string[]) {
    const { program: pulumi, args: all, ...options } = command(...args);
    await promisify(execFile)(pulumi, all, options);
  }
  const configure = ({ count, callbackToken, apiKey }: Workload) =>
    run(
      ...["config", "set-all", "--plaintext", `count=${count}`],
      ...["--secret", `callbackToken=${callbackToken}`, "--secret", `apiKey=${apiKey}`],
    );
  return {
    async prepare(workload, servers) {
      env = { ...env, ...environmentOf(servers) };
      rmSync(backend, { recursive: true, force: true });
      rmSync(join(directory, "Pulumi.dev.yaml"), { force: true });
      mkdirSync(backend);
      await run("stack", "init", "dev");
      await configure(workload);
    },
    change: configure,
    command: (operation) => command(...commands[operation]),
    state() {
      const text = readFileSync(join(backend, ".pulumi/stacks/bench/dev.json"), "utf8");
      const state = JSON.parse(text);
      const { latest } = state.checkpoint;
      const resources: Array<{ type: string }> = latest.resources;
      latest.resources = resources.filter(({ type }) => !type.startsWith("pulumi-nodejs:dynamic"));
      return {
        text,
        textWithoutRegistrations: JSON.stringify(state),
        registrations: resources.length - latest.resources.length,
      };
    },
  };
}

/** The first one is the default account. */
function environmentOf(servers: readonly Server[]): Record<string, string> {
  const accounts = servers.map(({ clientId, apiUrl, authUrl }) => ({
    ...{ region: "emea", clientId, clientSecret, apiUrl, authUrl },
  }));
  const [first] = accounts;
  return {
    VCC_REGION: "emea",
    VCC_CLIENT_ID: first?.clientId ?? "",
    VCC_CLIENT_SECRET: clientSecret,
    VCC_API_URL: first?.apiUrl ?? "",
    VCC_AUTH_URL: first?.authUrl ?? "",
    VCC_ACCOUNTS: JSON.stringify(Object.fromEntries(accounts.map((one) => [one.clientId, one]))),
  };
}
