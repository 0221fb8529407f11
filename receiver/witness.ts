import { timingSafeEqual } from "node:crypto";
import type { EvidenceKeeper } from "./evidence";
import { digest } from "./header-sets";

/** The header with which a registration identifies itself on each notification. */
export const registrationHeader = "X-Vcc-Registration";

export const defaultWitnessPath = "/.well-known/vcc-registration";

/** Responds to an authenticated `GET` with the evidence. */
export function createWitness(
  token: string,
  evidence: EvidenceKeeper,
  onError: (cause: unknown) => void,
): (request: Request) => Promise<Response> {
  if (token === "") throw new TypeError("witnessToken: the token is empty");
  const expected = digest(token);
  return async ({ method, headers }) => {
    if (method !== "GET") return new Response(null, { status: 405, headers: { Allow: "GET" } });
    const [, presented = ""] = /^bearer +(.*)$/i.exec(headers.get("authorization") ?? "") ?? [];
    if (!timingSafeEqual(digest(presented), expected)) return new Response(null, { status: 401 });
    try {
      return Response.json(await evidence.report(), { headers: { "Cache-Control": "no-store" } });
    } catch (cause) {
      onError(cause);
      return new Response(null, { status: 503 });
    }
  };
}
