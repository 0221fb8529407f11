import { timingSafeEqual } from "node:crypto";
import type { EvidenceKeeper } from "./evidence-keeper";
import { digest } from "./header-sets";
import { ReceiverError } from "./receiver-error";

/** Responds to an authenticated `GET` with the evidence. */
export type WitnessEndpoint = (request: Pick<Request, "method" | "headers">) => Promise<Response>;

/** The endpoint rejects with a ReceiverError for any other request, and with the store's error. */
export function createWitnessEndpoint(token: string, evidence: EvidenceKeeper): WitnessEndpoint {
  const expected = digest(token);
  return async ({ method, headers }) => {
    if (method !== "GET") {
      const allowed = { status: 405, headers: { Allow: "GET" } };
      throw new ReceiverError("the witness responds to GET", allowed);
    }
    const [, presented = ""] = /^bearer +(.*)$/i.exec(headers.get("authorization") ?? "") ?? [];
    if (!timingSafeEqual(digest(presented), expected)) {
      throw new ReceiverError("missing or different witnessToken", { status: 401 });
    }
    return Response.json(await evidence.report(), { headers: { "Cache-Control": "no-store" } });
  };
}
