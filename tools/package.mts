/**
 * Checks the packed tarball as users install it: its package.json, entry points and files (publint), and that
 * TypeScript and Node.js resolve the same modules (Are the Types Wrong?).
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { packTarball } from "./installation.mts";

const root = dirname(import.meta.dirname);
const directory = mkdtempSync(join(tmpdir(), "pulumi-vcc-package-"));
try {
  const tarball = packTarball(directory);
  run("publint/src/cli.js", tarball, "--strict", "--level", "warning");
  run("@arethetypeswrong/cli/dist/index.js", tarball, "--format", "ascii");
} finally {
  rmSync(directory, { recursive: true, force: true });
}

/** Runs a program of a development dependency, and shows its output if it fails. */
function run(program: string, ...args: string[]) {
  const path = join(root, "node_modules", program);
  const { status, stdout, stderr } = spawnSync(process.execPath, [path, ...args], {
    encoding: "utf8",
  });
  if (status === 0) return;
  console.error(stdout + stderr);
  process.exitCode = 1;
}
