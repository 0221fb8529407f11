import { STATUS_CODES } from "node:http";
import { redact } from "../contract/redaction";
import type { NetworkError } from "../errors";

export interface HttpResponse {
  status: number;
  headers: Record<string, string>;
  /** At most the first 64 KiB. */
  body: string;
  /** Why the body is incomplete. The status is valid nevertheless. */
  bodyError?: NetworkError;
}

/** Longer descriptions are cut. Unit: characters. */
const maxDescriptionLength = 300;
/** Longer text is cut before the search for secrets. Unit: characters. */
const maxSearchedLength = 4096;

/**
 * Describes a response in one line, like `401 Unauthorized: "The access token is missing"`. VCC
 * does not document error bodies, and its sibling APIs use every shape, so any body is accepted.
 * The line contains none of the secrets, which the body may echo.
 */
export function describeResponse(
  { status, body }: HttpResponse,
  secrets: readonly string[],
): string {
  // Whitespace is normalized first: the search for secrets must see what the line shows.
  const line = extractMessage(body)
    .slice(0, maxSearchedLength)
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim();
  const message = redact(line, secrets);
  const shown =
    message.length > maxDescriptionLength
      ? `${message.slice(0, maxDescriptionLength - 1)}…`
      : message;
  const reason = STATUS_CODES[status];
  return `${status}${reason ? ` ${reason}` : ""}${shown === "" ? "" : `: "${shown}"`}`;
}

/** What to do after a status that does not depend on the request. */
export function nextStepFor(status: number): string {
  if (status === 429) {
    return "All VCC APIs of the account share this limit; wait a minute and run again";
  }
  if (status >= 500) return "VCC has a problem; run again later";
  return "VCC does not document this status here; check the region and the URL";
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
