import type { IncomingMessage, RequestListener } from "node:http";
import { error, type Reply } from "../reply";
import { closeAfter } from "./body";

/** Rejects requests that a site in a browser on this machine makes, before anything else handles them. */
export function onlyLocal(listener: RequestListener): RequestListener {
  return (request, response) => {
    const rejection = reject(request);
    if (rejection === undefined) return listener(request, response);
    const { status, headers, body } = rejection;
    closeAfter(response, request);
    response.writeHead(status, headers).end(body);
  };
}

/**
 * A site whose name resolves to loopback has that name in `Host`. Any other site has its name in
 * `Origin`, and most browsers say in `Sec-Fetch-Site` that a request comes from another site.
 */
function reject({
  headers: { origin, ...headers },
  headersDistinct,
}: IncomingMessage): Reply | undefined {
  const [host = "", ...otherHosts] = headersDistinct.host ?? [];
  if (otherHosts.length > 0 || !/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i.test(host)) {
    return error(403, "The emulator is available on this machine only: Host must be loopback");
  }
  if (headers["sec-fetch-site"] === "cross-site") {
    return error(403, "Another site must not use the emulator: Sec-Fetch-Site is cross-site");
  }
  if (origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`) {
    return error(403, "Another site must not use the emulator: Origin is another site");
  }
  return undefined;
}
