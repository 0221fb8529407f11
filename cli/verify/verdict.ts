import { BlockList, isIPv6 } from "node:net";
import type { Observation, ProbeName } from "./probe";
import type { Source } from "./registrations";
import { isAccepted, type Rehearsal } from "./rehearsal";

/** What a check can find. */
export const findings = {
  unreachable: "There is no response from the endpoint, or nothing may be sent there.",
  certificate: "The certificate is expired, not trusted, or for another host.",
  redirect: "The endpoint redirects. VCC does not document that it follows redirects.",
  refused: "The endpoint refuses the headers (401 or 403).",
  error: "The endpoint responds with another status than a 2xx.",
  "web page": "The response is a web page, most likely not of the receiver.",
  "accepts unauthenticated":
    "The endpoint accepts a request without the secret headers, or with wrong ones.",
  "not used": "The witness has not seen VCC use the registration.",
  "not released": "The test interaction may still exist.",
  unclear: "A request that the endpoint must refuse was neither accepted nor refused.",
  unreadable: "A response could not be read to its end, so it may be a web page.",
  slow: "A response took long.",
  expiring: "The certificate expires soon.",
  "private CA": "The certificate is trusted only because of `vcc:caFile`, which VCC does not know.",
  address: "The host has a private address here, which VCC cannot reach over the internet.",
  port: "VCC documents only port 443.",
  http: "VCC documents only https.",
} as const;

type FindingName = keyof typeof findings;

/** A failure means that the endpoint does not work. */
export interface Finding {
  id: FindingName;
  severity: "failure" | "warning";
  /** What was found, and what to do. Contains no header value and no text of a response. */
  message: string;
}

/** What counts as slow, and as expiring soon. */
export interface Thresholds {
  /** Unit: milliseconds. */
  slowMs: number;
  /** Unit: days. */
  expiringDays: number;
}

const dayMs = 24 * 3600 * 1000;

/** Whole days until a certificate expires. */
export function daysUntil(expiresAtMs: number, nowMs: number): number {
  return Math.floor((expiresAtMs - nowMs) / dayMs);
}

/**
 * Assesses what the requests to an endpoint have shown.
 *
 * @param source whose headers were sent
 */
export function assess(
  rehearsal: Rehearsal,
  source: Source,
  { slowMs, expiringDays }: Thresholds,
  nowMs: number,
): Finding[] {
  const { url, isSecret, observations, certificate, addresses } = rehearsal;
  if (observations.length === 0) {
    return [
      failure("unreachable", "it is not an https URL, so nothing was sent; register an https URL"),
    ];
  }
  const slowest = Math.max(...observations.map(({ durationMs }) => durationMs));
  const days = certificate && daysUntil(certificate.expiresAtMs, nowMs);
  return [
    ...failuresOf(rehearsal, source),
    ...unreadableFindings(observations),
    ...(slowest > slowMs
      ? [
          warning(
            "slow",
            `the slowest response took ${seconds(slowest)}; VCC does not document how long it waits`,
          ),
        ]
      : []),
    ...(days !== undefined && days < expiringDays
      ? [warning("expiring", `its certificate expires in ${days} days; renew it`)]
      : []),
    ...(certificate?.isPrivate
      ? [
          warning(
            "private CA",
            "its certificate is trusted only because of vcc:caFile, which VCC does not know",
          ),
        ]
      : []),
    ...(addresses.some(isPrivateAddress)
      ? [
          warning(
            "address",
            "its host has a private address here; check that VCC can reach it from the internet",
          ),
        ]
      : []),
    ...(url.protocol === "http:"
      ? [warning("http", "it is not an https URL, which VCC requires")]
      : []),
    ...(url.port === ""
      ? []
      : [
          warning(
            "port",
            isSecret
              ? "VCC documents port 443 only"
              : `VCC documents port 443 only, not ${url.port}`,
          ),
        ]),
  ];
}

/** What keeps VCC's notifications from being handled, or lets others in. */
function failuresOf({ observations, rejection }: Rehearsal, source: Source): Finding[] {
  const find = (name: ProbeName) => observations.find(({ probe }) => probe === name);
  const assigned = find("AssignToAgent");
  if (assigned === undefined) return [];
  const problem = problemOf(assigned, source);
  if (problem !== undefined) return [problem];
  const released = find("Release");
  const releaseProblem = released && problemOf(released, source);
  return [
    ...(rejection === undefined ? [] : rejectionFindings(rejection, find)),
    ...(releaseProblem === undefined
      ? []
      : [{ ...releaseProblem, message: `to the Release after it: ${releaseProblem.message}` }]),
  ];
}

/** Why VCC's notification would not be handled. */
function problemOf(observation: Observation, source: Source): Finding | undefined {
  if (isAccepted(observation)) return undefined;
  const { status, redirect, isWebPage, failure: cause, probe } = observation;
  if (cause?.kind === "certificate") {
    return failure(
      "certificate",
      `${cause.reason}; install a certificate for this host that public CAs have signed`,
    );
  }
  if (cause !== undefined) {
    return failure("unreachable", `${cause.reason}; check the URL, the network and the proxy`);
  }
  if (redirect !== undefined) {
    return failure(
      "redirect",
      `${redirect}; VCC does not document that it follows redirects: register the final URL`,
    );
  }
  if (status === 401 || status === 403) {
    return failure(
      "refused",
      source === "declared"
        ? `it refuses the declared headers (${status}); let the receiver accept them before pulumi up`
        : `it refuses the registered headers (${status}); let the receiver accept them, or register those that it accepts`,
    );
  }
  return isWebPage
    ? failure(
        "web page",
        `it responds with a web page (${status}); check the URL, and what is in front of the receiver`,
      )
    : failure("error", `it responds ${status} to ${probe}; check the receiver's log`);
}

/** A body that cannot be read hides a web page. */
function unreadableFindings(observations: readonly Observation[]): Finding[] {
  const found = observations.find((one) => isAccepted(one) && one.unreadable !== undefined);
  if (found === undefined) return [];
  const { status, probe, unreadable } = found;
  return [
    warning("unreadable", `its response (${status}) to ${probe} cannot be read: ${unreadable}`),
  ];
}

/** Whether a status refuses a request for what it contains. */
function isRefusal(status: number | null): boolean {
  return status !== null && status >= 400 && status < 500 && ![408, 425, 429].includes(status);
}

function rejectionFindings(
  { secretHeaders, hasOthers }: NonNullable<Rehearsal["rejection"]>,
  find: (name: ProbeName) => Observation | undefined,
): Finding[] {
  if (secretHeaders.length === 0) {
    return [
      failure(
        "accepts unauthenticated",
        "no header authenticates its notifications; register a secret header, and let the receiver require it",
      ),
    ];
  }
  const names = secretHeaders.join(", ");
  const anybody = hasOthers ? "anybody who knows the other headers" : "anybody";
  return (["without secret headers", "with wrong secrets"] as const).flatMap((name) => {
    const observation = find(name);
    if (observation?.failure !== undefined) {
      return [
        warning(
          "unclear",
          `a request ${name} (${names}) got no response: ${observation.failure.reason}`,
        ),
      ];
    }
    if (observation === undefined || isRefusal(observation.status)) return [];
    if (!isAccepted(observation)) {
      const { status, isWebPage } = observation;
      const response = isWebPage ? `a web page (${status})` : String(status);
      return [
        warning(
          "unclear",
          `it responds ${response} to a request ${name} (${names}), which is neither acceptance nor refusal`,
        ),
      ];
    }
    return [
      failure(
        "accepts unauthenticated",
        `it accepts a request ${name} (${names}): ${anybody} can send notifications; let the receiver check them`,
      ),
    ];
  });
}

function failure(id: FindingName, message: string): Finding {
  return { id, severity: "failure", message };
}

function warning(id: FindingName, message: string): Finding {
  return { id, severity: "warning", message };
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** Networks that the internet does not route. @see RFC 1918, 3927, 4193, 4291, 6598 */
const privateNetworks = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["::", 127],
  ["fc00::", 7],
  ["fe80::", 10],
] as const) {
  privateNetworks.addSubnet(network, prefix, isIPv6(network) ? "ipv6" : "ipv4");
}

function isPrivateAddress(address: string): boolean {
  return privateNetworks.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}
