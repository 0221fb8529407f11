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
  const hosts = git("remote", "--verbose").stdout.split("\n").map(hostOf);
  const host = (["github", "gitlab"] as const).find((name) =>
    hosts.some((each) => each.split(".").includes(name)),
  );
  return { root: stdout.trim(), ...(host !== undefined && { host }) };
}

/** `origin  git@github.com:acme/vcc.git (fetch)` → `github.com` */
function hostOf(remote: string): string {
  const [, url = ""] = remote.split(/\s+/);
  return /^(?:\w+:\/\/)?(?:[^@/]*@)?([^/:]+)/.exec(url)?.[1] ?? "";
}
