import { isProxyFailure, type Network } from "./network";
import type { HttpProxy } from "./proxy";

/** Why a request got no response. */
export interface Failure {
  reason: string;
  nextStep: string;
  /** @default true */
  retryable?: boolean;
}

export const checkNetwork =
  "Check the network, the proxy if there is one (HTTPS_PROXY, NO_PROXY), the region and the URL";

const reasons: Record<string, string> = {
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was reset",
  ENOTFOUND: "the host was not found",
  UND_ERR_CONNECT_TIMEOUT: "the connection timed out",
  UND_ERR_SOCKET: "the connection was closed before the response was complete",
};

/** The first pattern that matches the error code applies. */
const tlsFailures: Array<Failure & { code: RegExp; isUntrusted?: boolean }> = [
  {
    code: /ALTNAME/,
    reason: "certificate is for a different host name",
    nextStep: "Check the region and the URL",
  },
  {
    code: /EXPIRED|NOT_YET_VALID/,
    reason: "certificate has expired or is not yet valid",
    nextStep: "Check the clock, or contact the operator of the server",
  },
  {
    code: /CERT|UNABLE_TO|SIGNATURE|INVALID_(CA|PURPOSE)/,
    reason: "certificate is not trusted",
    isUntrusted: true,
    nextStep: "If a private CA signed it, set vcc:caFile (or VCC_CA_FILE) to the CA's certificate",
  },
];

/** Explains why there is no response, and what to do. */
export function describeFailure(cause: unknown, { proxy, caFile }: Network): Failure {
  const { code = "no code", message = "" } = causeAtProxy(cause) ?? toError(cause);
  const atProxy = isProxyFailure(cause) || causeAtProxy(cause) !== undefined;
  const tlsFailure = tlsFailures.find((failure) => failure.code.test(code));
  if (tlsFailure !== undefined) {
    const { reason, isUntrusted, nextStep } = tlsFailure;
    return {
      reason: `the ${atProxy ? "proxy" : "server"}'s ${reason} (${code})`,
      nextStep: !isUntrusted
        ? atProxy
          ? `Check ${proxy?.variable}`
          : nextStep
        : caFile === undefined
          ? nextStep
          : `The file of ${caFile.label} does not contain its issuer: add the certificate of the CA`,
      retryable: false,
    };
  }
  if (proxy !== undefined) {
    const status = /Proxy response \((\d+)\)/.exec(message)?.[1];
    if (status !== undefined) return describeRefusal(status, proxy);
    if (atProxy) return describeProxyFailure(code, proxy);
  }
  // undici refuses to read on after a 100, and has no other error with this message.
  if (code === "UND_ERR_SOCKET" && message === "bad response") {
    return {
      reason: `the server sent an unsolicited 100 Continue before the response (${code})`,
      nextStep: "Report it to VCC, or to the operator of the proxy if there is one",
    };
  }
  if (/SSL|TLS/.test(code)) {
    return {
      reason: `the TLS handshake failed (${code})`,
      nextStep: "Check that the URL is an https URL",
      retryable: false,
    };
  }
  return {
    reason: `${reasons[code] ?? "the connection failed"} (${code})`,
    nextStep: checkNetwork,
  };
}

/** Whether the server itself, and not a proxy, has an invalid certificate. */
export function isCertificateFailure(cause: unknown): boolean {
  const { code = "" } = toError(cause);
  return tlsFailures.some((failure) => failure.code.test(code)) && !isProxyFailure(cause);
}

function toError(cause: unknown): NodeJS.ErrnoException {
  return (cause ?? {}) as NodeJS.ErrnoException;
}

/** What undici wraps if the proxy closes the connection, or has a certificate for another host. */
function causeAtProxy(cause: unknown): NodeJS.ErrnoException | undefined {
  const error = toError(cause);
  return error.code?.startsWith("UND_ERR_PRX") ? toError(error.cause ?? error) : undefined;
}

/** The proxy responded to the request for a tunnel with an error. */
function describeRefusal(status: string, { variable, hasCredentials }: HttpProxy): Failure {
  if (status !== "407") {
    return {
      reason: `the proxy refused the connection (${status})`,
      nextStep: `Check ${variable} and NO_PROXY, and that the proxy allows this host`,
      retryable: status.startsWith("5"),
    };
  }
  return {
    reason: hasCredentials
      ? `the proxy rejected the user or the password in ${variable} (407)`
      : "the proxy requires a user and a password (407)",
    nextStep:
      `Set ${variable} to http://user:password@host:port, with special characters percent-encoded ` +
      "(%5C for a backslash). Proxies that require NTLM or Kerberos are not supported",
    retryable: false,
  };
}

function describeProxyFailure(code: string, { variable, isTls }: HttpProxy): Failure {
  const mayBeWrongScheme = isTls
    ? /SSL|TLS|RESET|SOCKET|EPROTO|TIMEOUT/.test(code)
    : /RESET|SOCKET/.test(code);
  const scheme = isTls
    ? "If the proxy speaks HTTP, which is usual, begin the URL with http:// instead of https://"
    : "If the proxy speaks TLS, begin the URL with https:// instead of http://";
  return {
    reason: `the proxy of ${variable} cannot be used: ${reasons[code] ?? "the connection failed"} (${code})`,
    nextStep: `Check ${variable} and NO_PROXY${mayBeWrongScheme ? `. ${scheme}` : ""}`,
    retryable: !/SSL|TLS|EPROTO/.test(code),
  };
}
