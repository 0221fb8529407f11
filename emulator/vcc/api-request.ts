import type { IncomingHttpHeaders } from "node:http";
import type { Behavior } from "../behavior";
import { authError, error, type Reply } from "../reply";
import { mediaTypeOf, type Tokens } from "./tokens";

/** VCC documents 100KB; this is the smaller interpretation. Unit: bytes. */
export const maxBodyBytes = 100_000;
const mediaType = "application/vnd.newvoicemedia.v1+json";

export function tooLarge(): Reply {
  return error(413, "Payload Too Large");
}

/**
 * Validates what Register and Invoke have in common.
 *
 * @param body `undefined` if it is too large
 * @returns the JSON, `undefined` if it is invalid
 */
export function readApiRequest(
  headers: IncomingHttpHeaders,
  body: Buffer | undefined,
  tokens: Tokens,
  behavior: Behavior,
): { json: unknown } | { rejection: Reply } {
  const reject = (rejection: Reply) => ({ rejection });
  const accepted = (headers.accept ?? "").split(",").map(mediaTypeOf);
  if (!accepted.includes(mediaType)) return reject(error(400, `Accept must be ${mediaType}`));
  if (headers.authorization === undefined) {
    return reject(authError(behavior, 401, "invalid_request", "The access token is missing"));
  }
  if (!tokens.accept(headers.authorization)) {
    const description = "The access token is invalid or has expired";
    return reject(authError(behavior, 401, "invalid_token", description));
  }
  if (body === undefined) return reject(tooLarge());
  if (mediaTypeOf(headers["content-type"]) !== "application/json") {
    return reject(error(400, "Content-Type must be application/json"));
  }
  return { json: parseJson(body) };
}

/** `undefined` if it is not JSON. */
function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}
