import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, release, totalmem, type } from "node:os";
import { join } from "node:path";
import type { Engines } from "./candidates.mts";

export interface Machine {
  /** UTC, RFC 3339. */
  date: string;
  processor: string;
  cores: number;
  memoryGiB: number;
  system: string;
  /** Name → version of everything that affects the figures. */
  versions: Record<string, string>;
  /** The server's delay before each response. */
  latencyMs: number;
  runs: number;
}

export function describeMachine(
  { pulumi, openTofu }: Engines,
  { latencyMs, runs }: { latencyMs: number; runs: number },
): Machine {
  const [first] = cpus();
  const root = join(import.meta.dirname, "..");
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const require = createRequire(import.meta.url);
  return {
    date: new Date().toISOString(),
    processor: first?.model ?? "unknown",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    versions: {
      "pulumi-vcc": [version, commit(root)].join(" "),
      "Node.js": process.versions.node,
      ...(pulumi && { "Pulumi CLI": pulumi.cli.version }),
      "@pulumi/pulumi": require("@pulumi/pulumi/package.json").version,
      ...(openTofu && { OpenTofu: openTofu.versions.opentofu, restapi: openTofu.versions.restapi }),
    },
    latencyMs,
    runs,
  };
}

/** The commit of this clone. Empty if it is not a Git repository. */
function commit(root: string): string {
  try {
    return execFileSync("git", ["describe", "--always", "--dirty"], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return "";
  }
}
