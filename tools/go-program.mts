import { execFile, spawn } from "node:child_process";
import { basename } from "node:path";
import { promisify } from "node:util";

export interface GoProgram {
  /** The directory with the go.mod and go.sum that pin all versions. */
  folder: string;
  /** The package that contains `main`. */
  package: string;
  linkerFlags?: string;
  output: string;
}

/** @throws an Error if Go is not installed */
export async function requireGo(): Promise<void> {
  await promisify(execFile)("go", ["version"]).catch(() => {
    throw new Error("Go is not installed");
  });
}

/**
 * Builds the program. This takes minutes if Go's caches are empty, so it logs its progress.
 *
 * @throws an Error with the last line of the compiler's output
 */
export async function buildGoProgram(program: GoProgram): Promise<void> {
  const { folder, linkerFlags = "", output } = program;
  const name = basename(folder);
  const start = performance.now();
  const elapsed = () => `${Math.round((performance.now() - start) / 1000)} s`;
  const progressTimer = setInterval(
    () => progress(`  still building ${name} (${elapsed()})`),
    30_000,
  );
  try {
    const compiler = spawn(
      "go",
      ["build", "-trimpath", "-ldflags", `-s -w ${linkerFlags}`, "-o", output, program.package],
      {
        cwd: folder,
        env: { ...process.env, CGO_ENABLED: "0" },
        stdio: ["ignore", "ignore", "pipe"],
      },
    );
    let stderr = "";
    compiler.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    const code = await new Promise((resolve, reject) => {
      compiler.once("error", reject).once("close", resolve);
    });
    if (code !== 0) {
      const last = stderr.trim().split("\n").at(-1);
      throw new Error(`go build of ${name} failed: ${last}`);
    }
    progress(`  built ${name} in ${elapsed()}`);
  } finally {
    clearInterval(progressTimer);
  }
}

export function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}
