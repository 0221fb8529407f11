import { createRequire } from "node:module";
import { join } from "node:path";
import { runError } from "./run-error";

/** Pulumi starts a program there, and the provider process too. A program may change it later. */
const projectDirectory = process.cwd();

let checked = false;

/**
 * Rejects a program that finds this package where the provider process will not: below another
 * package, as pnpm installs what only a dependency depends on. Previews would succeed, and `up` fail.
 *
 * @throws RunError that says where to install it
 */
export function requireInstalled(main?: string, directory = projectDirectory): void {
  if (checked || !isRunByPulumi(main)) return;
  try {
    createRequire(join(directory, "Pulumi.yaml")).resolve("pulumi-vcc/dynamic");
    checked = true;
  } catch {
    throw runError(
      `Pulumi's provider process does not find pulumi-vcc in ${directory}: install it there, for example with npm install pulumi-vcc`,
    );
  }
}

/** Whether the Pulumi language host started this process. The Automation API, tests and tools do not. */
function isRunByPulumi(main = require.main?.filename): boolean {
  return main !== undefined && /@pulumi[\\/]pulumi[\\/]cmd[\\/]run\b/.test(main);
}
