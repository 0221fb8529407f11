import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { getCACertificates } from "node:tls";
import { type Dispatcher, EnvHttpProxyAgent } from "undici";
import { isLoopback } from "../contract/setting-parsers";
import { ConfigurationError } from "../errors";

export interface DispatcherOptions {
  /** Where requests go. */
  urls: string[];
  /** The number of concurrent connections to each host. */
  connections: number;
  /** A PEM file of certificates to trust in addition to those of Node.js. */
  caFile?: string | undefined;
  /** How messages name the setting of that file. @default "vcc:caFile" */
  caFileLabel?: string | undefined;
  /** Unit: milliseconds. */
  connectTimeoutMs: number;
}

/**
 * Creates connections that use the proxies of `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`, except for
 * loopback, and trust the certificates of Node.js, including `NODE_EXTRA_CA_CERTS`.
 *
 * @throws ConfigurationError if the file or a proxy is unusable
 */
export function createDispatcher({
  urls,
  connections,
  caFile,
  caFileLabel = "vcc:caFile",
  connectTimeoutMs,
}: DispatcherOptions): Dispatcher {
  const tls = {
    timeout: connectTimeoutMs,
    ...(caFile !== undefined && {
      ca: [...getCACertificates("default"), readCertificates(caFile, caFileLabel)],
    }),
  };
  try {
    return new EnvHttpProxyAgent({
      connections,
      noProxy: [
        // As undici reads them without this option.
        process.env.no_proxy ?? process.env.NO_PROXY ?? "",
        // A proxy would see the secrets of an http URL, and has a loopback of its own.
        ...urls.map((url) => new URL(url).hostname).filter(isLoopback),
      ].join(","),
      connect: tls,
      requestTls: tls,
      proxyTls: tls,
    });
  } catch {
    // The error quotes the URL, which may contain credentials.
    throw new ConfigurationError(["HTTP_PROXY or HTTPS_PROXY is not a valid proxy URL"]);
  }
}

function readCertificates(caFile: string, label: string): string {
  try {
    const pem = readFileSync(caFile, "utf8");
    new X509Certificate(pem);
    return pem;
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    throw new ConfigurationError([
      code.startsWith("E") && !code.startsWith("ERR_")
        ? `${label}: cannot read ${caFile} (${code})`
        : `${label}: ${caFile} contains no PEM certificate`,
    ]);
  }
}
