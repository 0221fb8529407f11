import { spawnSync } from "node:child_process";

/** Whether the Pulumi CLI is on the `PATH`. */
export function isPulumiInstalled(): boolean {
  return spawnSync("pulumi", ["version"], { stdio: "ignore" }).error === undefined;
}
