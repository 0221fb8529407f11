import { spawnSync } from "node:child_process";

export interface Repository {
  /** The path from the directory to the root, like `../`. Empty in the root. */
  root: string;
  /** Where its remotes are, if that is a system that `examples/ci` has jobs for. */
  host?: "github" | "gitlab";
}

/** The Git repository around a directory, or undefined without one, or without Git. */
export function findRepository(directory: string): Repository | undefined {
  const git = (...args: string[]) =>
    spawnSync("git", args, {
      cwd: directory,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
  const { status, stdout } = git("rev-parse", "--show-cdup");
  if (status !== 0) return undefined;
  const [host] = /\b(github|gitlab)(?=\.)/.exec(git("remote", "--verbose").stdout) ?? [];
  return { root: stdout.trim(), ...(host !== undefined && { host: host as "github" | "gitlab" }) };
}
