/**
 * `npm test`: builds the package, gets a Pulumi CLI and runs all tests. Without any way to a CLI the
 * end-to-end tests are skipped, loudly; where `CI` is set, that fails. Arguments go to Jest.
 */
import { spawnSync } from "node:child_process";
import { dirname } from "node:path";
import { environmentWith, findOrMakePulumiCli } from "./pulumi-cli.mts";

const endToEnd = "end to end";
const root = dirname(import.meta.dirname);

run("npm", ["run", "--silent", "build"], process.env);

const cli = await findOrMakePulumiCli().catch((error: Error) => {
  console.error(error.message);
  if (process.env.CI) process.exit(1);
  console.error(`\n*** SKIPPED: the ${endToEnd} tests, for want of a Pulumi CLI. ***\n`);
});
if (cli) console.log(`Pulumi CLI ${cli.version} in ${cli.directory}`);

run(
  process.execPath,
  [
    "node_modules/jest/bin/jest.js",
    ...process.argv.slice(2),
    ...(cli ? [] : ["--ignoreProjects", endToEnd]),
  ],
  cli ? environmentWith(cli) : process.env,
);

function run(command: string, args: string[], env: NodeJS.ProcessEnv) {
  const { status } = spawnSync(command, args, { cwd: root, env, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
