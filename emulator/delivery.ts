import * as http from "node:http";
import * as https from "node:https";

/** Where a request for the host of an endpoint goes. */
export type Redirect = (url: string) => string;

/**
 * @param deliverTo replaces scheme, host and port of every URL, if given
 * @throws TypeError if that is not an http or https URL without path
 */
export function createRedirect(deliverTo: string | undefined): Redirect {
  if (deliverTo === undefined) return (url) => url;
  const { protocol, origin, href } = URL.parse(deliverTo) ?? {};
  if (!/^https?:$/.test(protocol ?? "") || href !== `${origin}/`) {
    throw new TypeError(
      "deliverTo must be an http or https URL without a path, like http://127.0.0.1:8080",
    );
  }
  return (url) => {
    const { pathname, search } = new URL(url);
    return `${origin}${pathname}${search}`;
  };
}

/**
 * Sends a request, and follows no redirect. `fetch` would send even what goes to this machine to the proxy of
 * `NODE_USE_ENV_PROXY`.
 *
 * @throws the error of `node:http`, or TypeError for a URL with credentials
 */
export function sendRequest(
  url: string,
  {
    body,
    headers,
    ...options
  }: { method?: string; headers: Headers; body?: string; signal: AbortSignal },
): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { protocol, hostname, username, password } = new URL(url);
    if (username + password !== "") throw new TypeError("the URL has credentials");
    const { request } = protocol === "https:" ? https : http;
    // The default agent uses the proxy.
    const direct = isLoopback(hostname) ? { agent: false } : {};
    request(url, { ...options, ...direct, headers: Object.fromEntries(headers) }, (response) => {
      resolve(response.on("error", () => {}));
    })
      .once("error", reject)
      .end(body);
  });
}

/** @param hostname as the URL parser writes it */
function isLoopback(hostname: string): boolean {
  return /^((.+\.)?localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
