import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { unpackTarball } from "../tools/installation.mts";
import { environmentWith, type PulumiCli } from "../tools/pulumi-cli.mts";
import type { Command } from "./measurement.mts";
import type { Operation, Project, ProjectOptions } from "./project.mts";
import { clientSecret, type Workload } from "./workload.mts";

export interface PulumiOptions extends ProjectOptions {
  cli: PulumiCli;
  /** In `programs/`. */
  program: string;
  skipCheckpoints: boolean;
}

const commands: Record<Operation, string[]> = {
  up: ["up", "--yes", "--skip-preview"],
  preview: ["preview", "--expect-no-changes"],
  noop: ["up", "--yes", "--skip-preview", "--expect-no-changes"],
  rotate: ["up", "--yes", "--skip-preview"],
};

/**
 * As `pulumi new typescript` and `npm install` leave a package of a monorepo: with the packed tarball of its
 * own, and the dependencies further up.
 */
export function createPulumiProject(options: PulumiOptions): Project {
  const { directory, server, cli, program, skipCheckpoints } = options;
  const backend = join(directory, "backend");
  writeFileSync(join(directory, "Pulumi.yaml"), "name: bench\nruntime: nodejs\nmain: index.ts\n");
  writeFileSync(
    join(directory, "tsconfig.json"),
    JSON.stringify({ compilerOptions: { strict: true, target: "es2020", module: "nodenext" } }),
  );
  copyFileSync(join(import.meta.dirname, "programs", program), join(directory, "index.ts"));
  writeFileSync(join(directory, "package.json"), JSON.stringify({ name: "bench" }));
  unpackTarball(directory);

  const env = {
    ...environmentWithout(environmentWith(cli), "VCC_", "PULUMI_"),
    PULUMI_BACKEND_URL: `file://${backend}`,
    PULUMI_HOME: join(directory, "home"),
    PULUMI_CONFIG_PASSPHRASE: "bench",
    TMPDIR: directory,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    ...(skipCheckpoints && { PULUMI_SKIP_CHECKPOINTS: "true" }),
    VCC_REGION: "emea",
    VCC_CLIENT_ID: server.clientId,
    VCC_CLIENT_SECRET: clientSecret,
    VCC_API_URL: server.apiUrl,
    VCC_AUTH_URL: server.authUrl,
  };
  const pulumi = (...args: string[]): Command => ({
    program: "pulumi",
    args: [...args, "--non-interactive", "--color=never"],
    cwd: directory,
    env,
  });
  const run = async (...args: string[]) => {
    const command = pulumi(...args);
    await promisify(execFile)(command.program, command.args, command);
  };
  const configure = ({ count, callbackToken, apiKey }: Workload) =>
    run(
      ...["config", "set-all", "--plaintext", `count=${count}`],
      ...["--secret", `callbackToken=${callbackToken}`, "--secret", `apiKey=${apiKey}`],
    );
  const stateFile = join(backend, ".pulumi/stacks/bench/dev.json");

  return {
    async begin(workload) {
      rmSync(backend, { recursive: true, force: true });
      rmSync(join(directory, "Pulumi.dev.yaml"), { force: true });
      mkdirSync(backend);
      await run("stack", "init", "dev");
      await configure(workload);
    },
    change: configure,
    command: (operation) => pulumi(...commands[operation]),
    state() {
      const text = readFileSync(stateFile, "utf8");
      const state = JSON.parse(text);
      const { latest } = state.checkpoint;
      const resources: Array<{ type: string }> = latest.resources;
      latest.resources = resources.filter(({ type }) => !type.startsWith("pulumi-nodejs:dynamic"));
      return {
        text,
        textWithout: JSON.stringify(state),
        registrations: resources.length - latest.resources.length,
      };
    },
  };
}

/** A benchmark must reach neither an account nor a stack of whoever runs it. */
function environmentWithout(
  environment: NodeJS.ProcessEnv,
  ...prefixes: string[]
): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(
      ([name]) => !prefixes.some((prefix) => name.startsWith(prefix)),
    ),
  );
}
