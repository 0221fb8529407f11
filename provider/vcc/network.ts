import { X509Certificate } from "node:crypto";
import { lookup } from "node:dns";
import { readFileSync } from "node:fs";
import type { LookupFunction } from "node:net";
import { resolve } from "node:path";
import {
  checkServerIdentity,
  createSecureContext,
  type PeerCertificate,
  type SecureContext,
} from "node:tls";
import { type buildConnector, type Dispatcher, EnvHttpProxyAgent, Pool } from "undici";
import { ConfigurationError } from "../errors";
import { isLoopback } from "../loopback";
import { type HttpProxy, loadProxy } from "./proxy";
import { redact } from "./redact";

/** Connections to the hosts of an account, and what messages about their failures need. */
export interface Network {
  dispatcher: Dispatcher;
  proxy?: HttpProxy | undefined;
  caFile?: CaFile | undefined;
  /** Whether a server has refused HTTP/2. */
  http1Only?: boolean;
}

/** A PEM file of certificates to trust in addition to those of Node.js. */
export interface CaFile {
  /** Absolute, or relative to the directory. */
  name: string;
  directory: string;
  /** How messages name its setting. */
  label: string;
}

export interface NetworkOptions {
  /** Where requests go. */
  urls: string[];
  /** The number of concurrent connections to each host. */
  connections: number;
  caFile?: CaFile | undefined;
  /** Unit: milliseconds. */
  connectTimeoutMs: number;
  /** Learns of connections to the hosts, but not to a proxy. @default nobody */
  observer?: ConnectionObserver | undefined;
}

/** What connections show about a host. */
interface ConnectionObserver {
  /** A name was resolved. Not called for an IP address, and if a proxy resolves the name. */
  onAddresses(addresses: string[]): void;
  /** A trusted chain was received. Called before its host name is checked. */
  onCertificate(certificate: PeerCertificate): void;
}

/** Errors of connections to the proxy itself. */
const proxyFailures = new WeakSet<object>();

/**
 * Creates connections that use the proxies of `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`, except for
 * loopback, and trust the certificates of Node.js, including `NODE_EXTRA_CA_CERTS`.
 *
 * @throws ConfigurationError if the file or a proxy is unusable
 */
export function createNetwork({
  urls,
  connections,
  caFile,
  connectTimeoutMs,
  observer,
}: NetworkOptions): Network {
  const tls = {
    timeout: connectTimeoutMs,
    ...(caFile !== undefined && { secureContext: trusting(caFile) }),
  };
  const observedTls = { ...tls, ...(observer && observing(observer)) };
  const loopbackHosts = urls.map((url) => new URL(url).hostname).filter(isLoopback);
  const proxy = loopbackHosts.length < urls.length ? loadProxy() : undefined;
  return {
    proxy,
    caFile,
    dispatcher: new EnvHttpProxyAgent({
      connections,
      // Only loopback may use http, which needs no proxy.
      httpProxy: "",
      httpsProxy: proxy?.url ?? "",
      noProxy: [
        // As undici reads them without this option.
        process.env.no_proxy ?? process.env.NO_PROXY ?? "",
        // A proxy would see the secrets of an http URL, and has a loopback of its own.
        ...loopbackHosts,
      ].join(","),
      connect: observedTls,
      requestTls: observedTls,
      proxyTls: tls,
      clientFactory: (origin, options) =>
        new Pool(origin, { ...options, connect: marked(options as ProxyClientOptions) }),
    }),
  };
}

function observing({ onAddresses, onCertificate }: ConnectionObserver) {
  const observedLookup: LookupFunction = (hostname, options, callback) =>
    lookup(hostname, options, (error, found, family) => {
      if (error === null) {
        onAddresses(typeof found === "string" ? [found] : found.map(({ address }) => address));
      }
      callback(error, found, family);
    });
  return {
    lookup: observedLookup,
    // Also with NODE_TLS_REJECT_UNAUTHORIZED=0, which nobody else has.
    rejectUnauthorized: true,
    checkServerIdentity(hostname: string, certificate: PeerCertificate) {
      onCertificate(certificate);
      return checkServerIdentity(hostname, certificate);
    },
  };
}

/** Whether a connection to the proxy itself failed. */
export function isProxyFailure(error: unknown): boolean {
  return typeof error === "object" && error !== null && proxyFailures.has(error);
}

interface ProxyClientOptions {
  connect: buildConnector.connector;
}

function marked({ connect }: ProxyClientOptions): buildConnector.connector {
  return (options, callback) =>
    connect(options, (...[error, socket]) => {
      if (error === null) return callback(null, socket);
      proxyFailures.add(error);
      callback(error, null);
    });
}

/** The certificates of a file, in addition to those of Node.js. */
function trusting({ name, directory, label }: CaFile): SecureContext {
  const path = resolve(directory, name);
  try {
    const pem = readFileSync(path, "utf8");
    new X509Certificate(pem);
    const context = createSecureContext();
    // `getCACertificates` lacks the certificates that OpenSSL finds by itself.
    context.context.addCACert(pem);
    return context;
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (code.startsWith("ERR_OSSL")) {
      throw new ConfigurationError([`${label}: ${path} contains no PEM certificate`]);
    }
    // A text that is no file name may be the content of a file, including a private key.
    const isName =
      ["EACCES", "EISDIR"].includes(code) ||
      (!/-----|[\r\n]/.test(name) && redact(name, []) === name);
    throw new ConfigurationError([
      isName
        ? `${label}: cannot read ${path} (${code})`
        : `${label} must be the name of a file: there is none of that name in ${directory} (${code})`,
    ]);
  }
}
