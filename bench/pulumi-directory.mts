import { execFile } from "node:child_process";
import { copyFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { unpackTarball } from "../tools/installation.mts";
import { environmentWith, type PulumiCli } from "../tools/pulumi-cli.mts";
import type { Command } from "./measurement.mts";
import { cleanEnvironment } from "./project.mts";

/** What every directory with a program of Pulumi needs. */
export interface PulumiEngine {
  cli: PulumiCli;
  /** The package, packed. */
  tarball: string;
}

/** A directory with a program, the unpacked tarball, and a backend of its own. */
export interface PulumiDirectory {
  /** The environment of all commands. */
  env: NodeJS.ProcessEnv;
  /** A command of the Pulumi CLI. */
  command(...args: string[]): Command;
  /** Runs it. @throws when it fails */
  run(...args: string[]): Promise<void>;
  stateFile(stack: string): string;
  /** Forgets the stacks, with their settings and states. */
  clear(...stacks: string[]): Promise<void>;
}

/**
 * As `pulumi new typescript` and `npm install` leave a package of a monorepo: with `pulumi-vcc` of its own,
 * and the dependencies further up.
 *
 * @param directory an empty one, somewhere below the `node_modules` of this clone
 * @param program in `programs/`
 */
export function createPulumiDirectory(
  directory: string,
  program: string,
  { cli, tarball }: PulumiEngine,
  environment: NodeJS.ProcessEnv = {},
): PulumiDirectory {
  const backend = join(directory, "backend");
  writeFileSync(join(directory, "Pulumi.yaml"), "name: bench\nruntime: nodejs\nmain: index.ts\n");
  writeFileSync(
    join(directory, "tsconfig.json"),
    JSON.stringify({ compilerOptions: { strict: true, target: "es2020", module: "nodenext" } }),
  );
  writeFileSync(join(directory, "package.json"), JSON.stringify({ name: "bench" }));
  copyFileSync(join(import.meta.dirname, "programs", program), join(directory, "index.ts"));
  unpackTarball(tarball, directory);

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
    stateFile: (stack) => join(backend, `.pulumi/stacks/bench/${stack}.json`),
    async clear(...stacks) {
      rmSync(backend, { recursive: true, force: true });
      for (const stack of stacks) rmSync(join(directory, `Pulumi.${stack}.yaml`), { force: true });
      await mkdir(backend);
    },
  };
}
