import { STATUS_CODES } from "node:http";
import type { NetworkError } from "../errors";
import { type Disclosure, quote } from "./quotation";

export interface HttpResponse {
  status: number;
  headers: Record<string, string>;
  /** At most the first 64 KiB. */
  body: string;
  /** Why the body is incomplete. The status is valid nevertheless. */
  bodyError?: NetworkError;
}

/**
 * Describes a response in one line, like `401 Unauthorized: "The access token is missing"`. VCC
 * does not document error bodies, and its sibling APIs use various formats, so any body is
 * accepted.
 * The body may echo secrets, so the line shows of it what is disclosed.
 */
export function describeResponse({ status, body }: HttpResponse, disclosure: Disclosure): string {
  const quotation = quote(extractMessage(body), disclosure, status);
  const reason = STATUS_CODES[status];
  return `${status}${reason ? ` ${reason}` : ""}${quotation && `: ${quotation}`}`;
}

/** What to do after a status that does not depend on the request. */
export function nextStepFor(status: number): string {
  if (status === 429) {
    return "All VCC APIs of the account share this limit; wait a minute and run again";
  }
  if (status >= 500) return "VCC has a problem; run again later";
  return "VCC does not document this status for this endpoint; check the region and the URL";
}

function extractMessage(body: string): string {
  if (/^\s*</.test(body)) {
    return (/<title[^>]*>([^<]*)/i.exec(body)?.[1] ?? "") || body.replace(/<[^>]*>/g, " ");
  }
  try {
    return messageOfJson(JSON.parse(body));
  } catch {
    return body;
  }
}

/** Joins the fields that error bodies are known to have, the most specific first. */
function messageOfJson(json: unknown): string {
  if (typeof json === "string") return json;
  if (Array.isArray(json)) return json.map(messageOfJson).filter(Boolean).join(", ");
  if (typeof json !== "object" || json === null) return "";
  const fields: Record<string, unknown> = { ...json };
  const code = typeof fields.error === "string" ? fields.error : "";
  const description = [
    fields.error_description,
    fields.message,
    fields.title,
    fields.detail,
    typeof fields.error === "object" ? fields.error : undefined,
    fields.errors,
  ]
    .map(messageOfJson)
    .filter(Boolean)
    .join(", ");
  return [code, description].filter(Boolean).join(": ");
}
