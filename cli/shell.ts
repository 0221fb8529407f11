import { spawn } from "node:child_process";

/** Quotes a text as one word of a POSIX shell, if necessary. */
export function shellWord(text: string): string {
  return /^[\w./:@=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * The `export` line that lets requests to a port of 127.0.0.1 bypass the proxy of the environment, in
 * addition to existing exceptions. `undefined` if it is not needed.
 */
export function noProxyExport(
  environment: Record<string, string | undefined>,
  port: string,
): string | undefined {
  const proxies = ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"];
  if (!proxies.some((name) => environment[name])) return undefined;
  // If both are set, the lower-case one applies.
  const name = environment.no_proxy === undefined ? "NO_PROXY" : "no_proxy";
  const exempted = (environment[name] ?? "").split(/[\s,]+/).filter((host) => host !== "");
  const covering = ["*", "127.0.0.1", `127.0.0.1:${port}`];
  if (exempted.some((host) => covering.includes(host))) return undefined;
  return `export ${name}=${shellWord([...exempted, "127.0.0.1"].join(","))}`;
}

/**
 * Runs a command in a shell. Its output goes to standard error, since standard output may be a report.
 *
 * @param input what it reads. @default nothing
 * @returns its exit code; `null` if a signal ended it, or if it could not be started
 */
export function runInShell(
  command: string,
  { input, environment = process.env }: { input?: string; environment?: NodeJS.ProcessEnv } = {},
): Promise<number | null> {
  return new Promise((resolve) => {
    const child = spawn(command, {
      shell: true,
      stdio: [input === undefined ? "ignore" : "pipe", process.stderr, process.stderr],
      env: environment,
    });
    child.once("error", () => resolve(null));
    child.once("close", resolve);
    // The command may not read its input.
    child.stdin?.once("error", () => {});
    child.stdin?.end(input);
  });
}
