import { shellWord } from "./shell-word";

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
