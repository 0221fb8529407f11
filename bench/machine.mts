import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, release, totalmem, type } from "node:os";
import { join } from "node:path";
import type { Engines } from "./contestants.mts";

export interface Machine {
  /** UTC, RFC 3339. */
  date: string;
  processor: string;
  cores: number;
  memoryGiB: number;
  system: string;
  /** Name → version of all that has a part in the figures. */
  versions: Record<string, string>;
  /** Before each answer of the server. */
  latencyMs: number;
  runs: number;
}

export function describeMachine(
  { pulumi, peers }: Engines,
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
      ...(peers && { OpenTofu: peers.versions.opentofu, restapi: peers.versions.restapi }),
    },
    latencyMs,
    runs,
  };
}

/** Of the clone, where it is one. */
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
