import { execFile, spawn } from "node:child_process";
import { basename } from "node:path";
import { promisify } from "node:util";

export interface GoProgram {
  /** Holds the go.mod and the go.sum that pin everything. */
  folder: string;
  /** The package with its `main`. */
  package: string;
  linkerFlags?: string;
  output: string;
}

/** @throws an Error when there is no Go */
export async function requireGo(): Promise<void> {
  await promisify(execFile)("go", ["version"]).catch(() => {
    throw new Error("no Go there");
  });
}

/**
 * Takes minutes when Go's caches are empty, and says that it is still at it.
 *
 * @throws an Error with the compiler's last line
 */
export async function buildGoProgram(program: GoProgram): Promise<void> {
  const { folder, linkerFlags = "", output } = program;
  const name = basename(folder);
  const start = performance.now();
  const elapsed = () => `${Math.round((performance.now() - start) / 1000)} s`;
  const ticking = setInterval(() => progress(`  still building ${name} (${elapsed()})`), 30_000);
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
    let complaints = "";
    compiler.stderr.on("data", (chunk) => {
      complaints += chunk;
    });
    const code = await new Promise((resolve, reject) => {
      compiler.once("error", reject).once("close", resolve);
    });
    if (code !== 0) {
      const last = complaints.trim().split("\n").at(-1);
      throw new Error(`go build of ${name} failed: ${last}`);
    }
    progress(`  built ${name} in ${elapsed()}`);
  } finally {
    clearInterval(ticking);
  }
}

export function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}
