import { STATUS_CODES } from "node:http";
import type { NetworkError } from "./errors";
import { redact } from "./redaction";

/** What came back for one request; at most 64 KiB of the body are read. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
  /** Why the body is not whole. The status stands all the same. */
  broken?: NetworkError;
}

/** Longer answers are cut: a message is a line, not a page. Unit: characters. */
const longestDescription = 300;
/** More is not even searched for secrets. Unit: characters. */
const longestSentence = 4096;

/**
 * `401 Unauthorized: "The access token is missing"`. VCC documents no error body, and its sibling
 * APIs use every shape there is: whatever arrives becomes one readable line, without the secrets
 * that went out and may be echoed.
 */
export function describeAnswer({ status, body }: Answer, secrets: readonly string[]): string {
  // Blanks first: what is searched for secrets has to be what is shown.
  const line = sentence(body)
    .slice(0, longestSentence)
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim();
  const said = redact(line, secrets);
  const shown =
    said.length > longestDescription ? `${said.slice(0, longestDescription - 1)}…` : said;
  const reason = STATUS_CODES[status];
  return `${status}${reason ? ` ${reason}` : ""}${shown === "" ? "" : `: "${shown}"`}`;
}

/** What to do after an answer that is not about the request itself. */
export function nextStepFor(status: number): string {
  if (status === 429) {
    return "The limit is shared by all VCC APIs of the account; wait a minute and run again";
  }
  if (status >= 500) return "VCC has a problem; run again later";
  return "VCC documents no such answer here; check the region and the URL";
}

function sentence(body: string): string {
  if (/^\s*</.test(body)) {
    return (/<title[^>]*>([^<]*)/i.exec(body)?.[1] ?? "") || body.replace(/<[^>]*>/g, " ");
  }
  try {
    return sentenceOf(JSON.parse(body));
  } catch {
    return body;
  }
}

/** The fields that error bodies are known to carry, the most telling first. */
function sentenceOf(json: unknown): string {
  if (typeof json === "string") return json;
  if (Array.isArray(json)) return json.map(sentenceOf).filter(Boolean).join(", ");
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
    .map(sentenceOf)
    .filter(Boolean)
    .join(", ");
  return [code, description].filter(Boolean).join(": ");
}
