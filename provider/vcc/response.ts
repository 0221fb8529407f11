import { STATUS_CODES } from "node:http";
import { type NetworkError, ProtocolError } from "../errors";
import { redact } from "./redact";

export interface HttpResponse {
  status: number;
  headers: Record<string, string>;
  /** At most the first 64 KiB. Empty if it is compressed. */
  body: string;
  /** Why the body is incomplete, or a ProtocolError if it is compressed. The status is valid nevertheless. */
  bodyError?: NetworkError | ProtocolError;
}

/**
 * Describes a response in one line, like `401 Unauthorized: "The access token is missing"`. VCC
 * does not document error bodies, and its sibling APIs use various formats, so any body is
 * accepted. Without a message in the body, it shows that of `WWW-Authenticate`.
 *
 * @param secrets what the body may echo and no message may show
 */
export function describeResponse(
  { status, headers, body, bodyError }: HttpResponse,
  secrets: readonly string[],
): string {
  const quotation =
    bodyError instanceof ProtocolError
      ? "the response is compressed"
      : quote(extractMessage(body) || messageOfJson(challengeOf(headers)), secrets);
  const reason = STATUS_CODES[status];
  return `${status}${reason ? ` ${reason}` : ""}${quotation && `: ${quotation}`}`;
}

/** Longer quotations are cut. Unit: characters. */
const maxQuotationLength = 300;
/** Longer text is cut before the search for secrets. Unit: characters. */
const maxSearchedLength = 4096;

/** Quotes a text of a response in one line without secrets. Empty for an empty text. */
export function quote(text: string, secrets: readonly string[]): string {
  const line = text.replace(/[\s\p{Cc}]+/gu, " ").trim();
  if (line === "") return "";
  // A word that is cut off may be too short to be recognized as a secret.
  const start =
    line.length > maxSearchedLength ? line.slice(0, maxSearchedLength).replace(/\S*$/, "…") : line;
  const shown = redact(start, secrets);
  return `"${shown.length > maxQuotationLength ? `${shown.slice(0, maxQuotationLength - 1)}…` : shown}"`;
}

/**
 * Explains why a 2xx does not come from VCC. VCC documents neither the type nor the body of a success,
 * so any other 2xx acknowledges.
 *
 * @param url of the request
 */
export function contradictionOf(response: HttpResponse, url: string): string | undefined {
  const { host } = new URL(url);
  const check = "Check the proxy, the region and the URL";
  if (isWebPage(response)) return `The response is a web page from ${host}, not from VCC. ${check}`;
  if (response.bodyError instanceof ProtocolError) {
    return `Nothing shows that the response from ${host} is from VCC. ${check}`;
  }
  if (!reportsError(response)) return undefined;
  return `The body contradicts the status, so the response from ${host} is not from VCC. ${check}`;
}

/** Whether a body is HTML or XML, complete or not. */
export function isWebPage({ headers, body }: HttpResponse): boolean {
  // .NET calls an empty response HTML.
  if (body.trim() === "") return false;
  return /^\s*text\/html\b/i.test(headers["content-type"] ?? "") || isMarkup(body);
}

/** In any encoding: UTF-16 arrives as replacement characters and NULs. */
function isMarkup(body: string): boolean {
  return /^[\s\p{Cc}\ufffd]*</u.test(body);
}

/** Whether a body is a JSON object that says that the request failed. */
export function reportsError({ body }: HttpResponse): boolean {
  const text = body.trim();
  if (!text.startsWith("{")) return false;
  try {
    const { error, errors, status, statuscode } = fieldsOf(JSON.parse(text));
    const hasErrors = typeof errors === "object" ? Object.keys(errors ?? {}).length > 0 : errors;
    return Boolean(error || hasErrors) || [status, statuscode].some((code) => Number(code) >= 400);
  } catch {
    return incompleteError.test(text);
  }
}

/** The same in JSON whose end is missing. */
const incompleteError =
  /"errors?"\s*:\s*(?!null|false|""|[[{]\s*[\]}])|"status(code)?"\s*:\s*"?[4-9]\d\d/i;

/** The fields of an object, in lower case: VCC reads names without case. */
function fieldsOf(json: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => [name.toLowerCase(), value]),
  );
}

/**
 * The OAuth error code of a response: `insufficient_scope`, `invalid_client`…
 *
 * @see RFC 6750, section 3, and RFC 6749, section 5.2
 */
export function oauthErrorOf({ headers, body }: HttpResponse): string | undefined {
  const challenged = challengeOf(headers).error;
  if (challenged !== undefined) return challenged;
  const [, code] = /"error"\s*:\s*"(\w+)"/i.exec(body) ?? [];
  return code;
}

/** The parameters of `WWW-Authenticate`, in lower case. */
function challengeOf(headers: Record<string, string>): Record<string, string> {
  const parameters = (headers["www-authenticate"] ?? "").matchAll(
    /([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g,
  );
  return Object.fromEntries(
    [...parameters].map(([, name = "", quoted, bare = ""]) => [name.toLowerCase(), quoted ?? bare]),
  );
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
  if (isMarkup(body)) {
    return (/<title[^>]*>([^<]*)/i.exec(body)?.[1] ?? "") || body.replace(/<[^>]*>/g, " ");
  }
  try {
    const json = JSON.parse(body.trim());
    const hasFields = typeof json === "object" && json !== null && Object.keys(json).length > 0;
    return messageOfJson(json) || (hasFields ? body : "");
  } catch {
    return body;
  }
}

/** Joins the fields that error bodies are known to have, the most specific first. */
function messageOfJson(json: unknown): string {
  if (typeof json === "string") return json;
  if (Array.isArray(json)) return json.map(messageOfJson).filter(Boolean).join(", ");
  if (typeof json !== "object" || json === null) return "";
  const fields = fieldsOf(json);
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
