import { execFile, execFileSync } from "node:child_process";
import { copyFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { unpackTarball } from "../tools/installation.mts";
import { environmentWith, type PulumiCli } from "../tools/pulumi-cli.mts";
import type { Command } from "./measurement.mts";
import { cleanEnvironment } from "./project.mts";

/** What every directory with a Pulumi program needs. */
export interface PulumiEngine {
  cli: PulumiCli;
  /** The path of the packed package. */
  tarball: string;
}

/** Where the files of a project come from: `pulumi new typescript`, or `pulumi-vcc init`. */
export type Origin = "template" | "init";

/** A directory with a program, the unpacked tarball and its own backend. */
export interface PulumiDirectory {
  /** The environment of all commands. */
  env: NodeJS.ProcessEnv;
  /** A command of the Pulumi CLI. */
  command(...args: string[]): Command;
  /**
   * Runs a command of the Pulumi CLI.
   *
   * @throws if it fails
   */
  run(...args: string[]): Promise<void>;
  stateFile(stack: string): string;
  /** Deletes the stacks with their configuration and state. */
  clear(...stacks: string[]): Promise<void>;
}

/**
 * Creates a project like a package of a monorepo after `npm install`: with its own `pulumi-vcc`, and with the
 * other dependencies in a parent directory.
 *
 * @param directory an empty directory in this clone, so that Node.js finds the clone's `node_modules`
 * @param program the name of a file in `programs/`
 */
export function createPulumiDirectory(
  directory: string,
  program: string,
  { cli, tarball }: PulumiEngine,
  {
    origin = "template",
    environment = {},
  }: { origin?: Origin; environment?: NodeJS.ProcessEnv } = {},
): PulumiDirectory {
  const backend = join(directory, "backend");
  unpackTarball(tarball, directory);
  createFiles[origin](directory);
  copyFileSync(join(import.meta.dirname, "programs", program), join(directory, "index.ts"));

  const env = {
    ...cleanEnvironment(directory),
    PATH: environmentWith(cli).PATH,
    PULUMI_BACKEND_URL: `file://${backend}`,
    PULUMI_HOME: join(directory, "home"),
    PULUMI_CONFIG_PASSPHRASE: "bench",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    ...environment,
  };
  const command = (...args: string[]): Command => ({
    program: "pulumi",
    args: [...args, "--non-interactive", "--color=never"],
    cwd: directory,
    env,
  });
  return {
    env,
    command,
    async run(...args) {
      const { program: pulumi, args: all, ...options } = command(...args);
      await promisify(execFile)(pulumi, all, options);
    },
    stateFile: (stack) => join(backend, `.pulumi/stacks/${project}/${stack}.json`),
    async clear(...stacks) {
      rmSync(backend, { recursive: true, force: true });
      for (const stack of stacks) rmSync(join(directory, `Pulumi.${stack}.yaml`), { force: true });
      await mkdir(backend);
    },
  };
}

const project = "bench";

const createFiles: Record<Origin, (directory: string) => void> = {
  template(directory) {
    const write = (file: string, text: string) => writeFileSync(join(directory, file), text);
    const compilerOptions = { strict: true, target: "es2020", module: "nodenext" };
    write("Pulumi.yaml", `name: ${project}\nruntime: nodejs\nmain: index.ts\n`);
    write("tsconfig.json", JSON.stringify({ compilerOptions }));
    write("package.json", JSON.stringify({ name: project }));
  },
  init(directory) {
    const command = join(directory, "node_modules/pulumi-vcc/dist/cli/main.js");
    execFileSync(process.execPath, [command, "init", "--name", project], { cwd: directory });
  },
};
