import { timingSafeEqual } from "node:crypto";
import type { EvidenceKeeper } from "./evidence";
import { digest } from "./header-sets";
import type { Refuse } from "./receiver-error";

/** The header with which a registration identifies itself on each notification. */
export const registrationHeader = "X-Vcc-Registration";

export const defaultWitnessPath = "/.well-known/vcc-registration";

/** Responds to an authenticated `GET` with the evidence. */
export function createWitness(
  token: string,
  evidence: EvidenceKeeper,
  { refuse, onError }: { refuse: Refuse; onError: (cause: unknown) => void },
): (request: Pick<Request, "method" | "headers">) => Promise<Response> {
  const expected = digest(token);
  return async ({ method, headers }) => {
    if (method !== "GET") return refuse(405, "the witness responds to GET", { Allow: "GET" });
    const [, presented = ""] = /^bearer +(.*)$/i.exec(headers.get("authorization") ?? "") ?? [];
    if (!timingSafeEqual(digest(presented), expected)) {
      return refuse(401, "missing or different witnessToken");
    }
    try {
      return Response.json(await evidence.report(), { headers: { "Cache-Control": "no-store" } });
    } catch (cause) {
      onError(cause);
      return new Response(null, { status: 503 });
    }
  };
}
