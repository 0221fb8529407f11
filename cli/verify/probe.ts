import { randomUUID } from "node:crypto";
import { NetworkError } from "../../provider/errors";
import { describeFailure, isCertificateFailure } from "../../provider/vcc/failure";
import type { Network } from "../../provider/vcc/network";
import { headerSecrets } from "../../provider/vcc/redact";
import type { HttpResponse } from "../../provider/vcc/response";
import { describeRedirect, isRedirect, sendAndReceive } from "../../provider/vcc/transport";
import { verifyHeader } from "../../provider/witness/witness";
import type { HeaderValues } from "./rehearsal-headers";

/** The requests to an endpoint, by what they show. */
export type ProbeName =
  | "AssignToAgent"
  | "without secret headers"
  | "with wrong secrets"
  | "Release";

/** What the response to a request, or its absence, shows. */
export interface Observation {
  probe: ProbeName;
  /** `null` without a response. */
  status: number | null;
  /** Until the end of the response, or until the request failed. Unit: milliseconds. */
  durationMs: number;
  /** Whether the endpoint may have handled the request. */
  maybeHandled: boolean;
  /** Where a redirect leads, in words and without secrets. */
  redirect?: string;
  /** Whether the body is a web page. */
  isWebPage: boolean;
  /** Why the body could not be read to its end. */
  unreadable?: string;
  /** Why there is no response. */
  failure?: { kind: "certificate" | "connection"; reason: string };
}

export interface ProbeOptions {
  url: string;
  /** Whether no message may show the host. */
  isUrlSecret: boolean;
  network: Network;
  /** Unit: milliseconds. */
  timeoutMs: number;
}

/**
 * Sends a notification once, as VCC sends it, with `X-Vcc-Verify`. Never rejects because of the endpoint. No
 * result contains a header value or a text of the response.
 *
 * @param objectid of the interaction, which does not exist
 */
export async function sendProbe(
  probe: ProbeName,
  objectid: string,
  headers: HeaderValues,
  { url, isUrlSecret, network, timeoutMs }: ProbeOptions,
): Promise<Observation> {
  const { host, pathname, search } = new URL(url);
  const secrets = [...headerSecrets(headers), pathname + search, ...(isUrlSecret ? [host] : [])];
  const request = { url, headers: sent(headers), body: bodyOf(probe, objectid), secrets };
  const startMs = performance.now();
  function reasonOf(error: Error): string {
    if (!(error instanceof NetworkError))
      return "it is compressed, although the request forbids it";
    const { cause } = error;
    const isTimeout = (cause as { name?: string } | undefined)?.name === "TimeoutError";
    return isTimeout
      ? `no complete response within ${timeoutMs / 1000} s`
      : describeFailure(cause, network).reason;
  }
  const elapsed = () => Math.round(performance.now() - startMs);
  try {
    const response = await sendAndReceive(request, network, timeoutMs);
    const { status } = response;
    return {
      probe,
      status,
      durationMs: elapsed(),
      maybeHandled: status < 300 || status >= 500,
      ...(isRedirect(response) && {
        redirect: isUrlSecret ? `${status} redirects` : describeRedirect(response, request),
      }),
      isWebPage: isWebPage(response),
      ...(response.bodyError && { unreadable: reasonOf(response.bodyError) }),
    };
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    const { cause, outcomeUnknown } = error;
    return {
      probe,
      status: null,
      durationMs: elapsed(),
      maybeHandled: outcomeUnknown,
      isWebPage: false,
      failure: {
        kind: isCertificateFailure(cause) ? "certificate" : "connection",
        reason: reasonOf(error),
      },
    };
  }
}

/** Some frameworks label every text as HTML, and XML is no web page. */
function isWebPage({ headers, body }: HttpResponse): boolean {
  // UTF-16 arrives as replacement characters and NULs.
  const text = body.replace(/[\p{Cc}\ufffd]/gu, "").trimStart();
  const isLabeled = /^\s*text\/html\b/i.test(headers["content-type"] ?? "");
  return /^<(!doctype\s*html|html\b)/i.test(text) || (isLabeled && text.startsWith("<"));
}

/** A registered header overrides a default, as at VCC's HTTP client. */
function sent(headers: HeaderValues): Record<string, string> {
  const all = new Headers({
    "content-type": "application/json",
    "user-agent": "pulumi-vcc verify",
  });
  for (const [name, value] of Object.entries(headers)) all.set(name, value);
  all.set(verifyHeader, randomUUID());
  return Object.fromEntries(all);
}

/** @see "Callbacks" of the VCC Interactions API */
function bodyOf(probe: ProbeName, objectid: string): string {
  const agent = "pulumi-vcc verify";
  const notification = {
    notification: probe === "Release" ? "Release" : "AssignToAgent",
    objectid,
    notificationid: randomUUID(),
    params: { AccountName: agent, Agent: agent, AgentId: "0" },
  };
  return JSON.stringify([notification]);
}
