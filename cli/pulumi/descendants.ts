import { spawnSync } from "node:child_process";

/**
 * The process IDs of all that a process started, directly or not; the CLI puts them into process groups
 * of their own. Empty if there is no `ps`.
 */
export function descendantsOf(pid: number): number[] {
  const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" });
  const processes = (stdout ?? "")
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  const childrenOf = Map.groupBy(processes, ([, parent]) => parent);
  const collect = (parent: number): number[] =>
    (childrenOf.get(parent) ?? []).flatMap(([child = 0]) => [child, ...collect(child)]);
  return collect(pid);
}
