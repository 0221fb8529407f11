import { randomUUID, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { resolve } from "node:path";
import { getCACertificates, type PeerCertificate } from "node:tls";
import { ConfigurationError } from "../../provider/errors";
import { isLoopback } from "../../provider/loopback";
import { type CaFile, createNetwork } from "../../provider/vcc/network";
import { registrationHeader, verifyIdPrefix } from "../../provider/witness/witness";
import { type Observation, type ProbeName, sendProbe } from "./probe";
import { type HeaderValues, without, withWrong } from "./rehearsal-headers";

/** What VCC would send, and where. */
export interface Endpoint {
  url: string;
  /** Whether no report may show its host. */
  isSecret: boolean;
  /** Those of the registration, with the one for its witness. */
  headers: HeaderValues;
  /** The names of those that authenticate a notification. */
  secretHeaders: readonly string[];
}

export interface RehearsalOptions {
  /** Whether to send requests that the endpoint must refuse. */
  probeRejection: boolean;
  caFile?: CaFile | undefined;
  /** For each request. Unit: milliseconds. */
  timeoutMs: number;
  /** Stops before the next request. A `Release` is sent nevertheless. */
  signal: AbortSignal;
}

/** What the requests to an endpoint have shown. */
export interface Rehearsal {
  url: URL;
  /** Whether no message may show its host or port. */
  isSecret: boolean;
  /** In the order of sending. Empty if nothing may be sent there. */
  observations: Observation[];
  /** Of the endpoint's host, as resolved here. Empty if nothing has resolved it, or if a proxy does. */
  addresses: string[];
  /** Missing without a trusted certificate. */
  certificate?: { expiresAtMs: number; isPrivate: boolean };
  /** Whether requests that the endpoint must refuse were asked for, and which headers authenticate. */
  rejection?: {
    secretHeaders: readonly string[];
    /** Whether the probes have other headers of the registration. */
    hasOthers: boolean;
  };
}

/**
 * Rehearses the callback of an interaction that does not exist, with at most four requests. All of them have one
 * `objectid`, so that the `Release` at the end also ends what a request has begun that should have been refused.
 *
 * @throws ConfigurationError if the CA file or the proxy is unusable
 */
export async function rehearse(
  { url: endpoint, isSecret, headers, secretHeaders }: Endpoint,
  { probeRejection, caFile, timeoutMs, signal }: RehearsalOptions,
): Promise<Rehearsal> {
  const url = new URL(endpoint);
  const hasOthers =
    Object.keys(without(headers, [...secretHeaders, registrationHeader])).length > 0;
  const rehearsal: Rehearsal = {
    url,
    isSecret,
    observations: [],
    addresses: literalAddress(url),
    ...(probeRejection && { rejection: { secretHeaders, hasOthers } }),
  };
  if (!maySendTo(url)) return rehearsal;
  let additional: ReadonlySet<string> = new Set();
  const network = createNetwork({
    urls: [endpoint],
    connections: 1,
    caFile,
    connectTimeoutMs: timeoutMs,
    observer: {
      onAddresses(addresses) {
        rehearsal.addresses = addresses;
      },
      onCertificate(certificate) {
        rehearsal.certificate = {
          expiresAtMs: Date.parse(certificate.valid_to),
          isPrivate: isPrivate(certificate, additional),
        };
      },
    },
  });
  // After `createNetwork`, which says why a file cannot be read.
  if (caFile !== undefined) additional = fingerprintsOf(caFile);
  const objectid = verifyIdPrefix + randomUUID();
  async function send(probe: ProbeName, values: HeaderValues): Promise<Observation> {
    const options = { url: endpoint, isUrlSecret: isSecret, network, timeoutMs };
    const observation = await sendProbe(probe, objectid, values, options);
    rehearsal.observations.push(observation);
    return observation;
  }

  try {
    if (signal.aborted) return rehearsal;
    const assigned = await send("AssignToAgent", headers);
    // If the endpoint refuses the registered headers, other refusals show nothing, and may lock VCC out.
    const probes = probeRejection && isAccepted(assigned) && secretHeaders.length > 0;
    if (probes && !signal.aborted) {
      await send("without secret headers", without(headers, secretHeaders));
    }
    if (probes && !signal.aborted) {
      await send("with wrong secrets", withWrong(headers, secretHeaders));
    }
    if (assigned.maybeHandled) await send("Release", headers);
    return rehearsal;
  } finally {
    await network.dispatcher.destroy();
  }
}

/** Whether an endpoint says that it has handled a notification. */
export function isAccepted({ status, isWebPage }: Observation): boolean {
  return status !== null && status >= 200 && status < 300 && !isWebPage;
}

/** Nothing resolves an address. */
function literalAddress({ hostname }: URL): string[] {
  const host = hostname.replace(/^\[|\]$/g, "");
  return isIP(host) === 0 ? [] : [host];
}

/** Secrets must not travel in clear text. */
export function maySendTo({ protocol, hostname }: URL): boolean {
  return protocol === "https:" || isLoopback(hostname);
}

/** @throws ConfigurationError if one of the file's certificates is broken */
function fingerprintsOf({ name, directory, label }: CaFile): ReadonlySet<string> {
  const path = resolve(directory, name);
  const pem = readFileSync(path, "utf8");
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    return new Set(blocks.map(fingerprintOf));
  } catch {
    throw new ConfigurationError([`${label}: a certificate in ${path} cannot be read; replace it`]);
  }
}

function fingerprintOf(pem: string): string {
  return new X509Certificate(pem).fingerprint256;
}

let trustedByDefault: ReadonlySet<string> | undefined;

/** Whether a chain is trusted only because of these certificates. */
function isPrivate(certificate: PeerCertificate, additional: ReadonlySet<string>): boolean {
  if (additional.size === 0) return false;
  trustedByDefault ??= new Set(getCACertificates("default").map(fingerprintOf));
  const chain = new Set<PeerCertificate>();
  let current = certificate as PeerCertificate & { issuerCertificate?: PeerCertificate };
  // The last certificate is its own issuer.
  while (current !== undefined && !chain.has(current)) {
    chain.add(current);
    current = current.issuerCertificate as typeof current;
  }
  const fingerprints = [...chain].map(({ fingerprint256 }) => fingerprint256);
  return (
    fingerprints.some((one) => additional.has(one)) &&
    !fingerprints.some((one) => trustedByDefault?.has(one))
  );
}
