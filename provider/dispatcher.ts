import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { getCACertificates } from "node:tls";
import { type Dispatcher, EnvHttpProxyAgent } from "undici";
import { ConfigurationError } from "./errors";

export interface DispatcherOptions {
  maxConnections: number;
  connectTimeoutMs: number;
  /** A file of certificates in PEM, trusted beside those that Node.js trusts. */
  caFile?: string | undefined;
}

/**
 * The connections to an account, token endpoint and API alike: through the proxies that `HTTP_PROXY`,
 * `HTTPS_PROXY` and `NO_PROXY` name, trusting what Node.js trusts (`NODE_EXTRA_CA_CERTS` included) and a
 * file of one's own.
 *
 * @throws ConfigurationError when the file or a proxy cannot be used
 */
export function createDispatcher({
  maxConnections,
  connectTimeoutMs,
  caFile,
}: DispatcherOptions): Dispatcher {
  const tls = {
    timeout: connectTimeoutMs,
    ...(caFile !== undefined && {
      ca: [...getCACertificates("default"), readCertificates(caFile)],
    }),
  };
  try {
    return new EnvHttpProxyAgent({
      connections: maxConnections,
      connect: tls,
      requestTls: tls,
      proxyTls: tls,
    });
  } catch {
    // The error shows the URL, which may hold credentials.
    throw new ConfigurationError(["HTTP_PROXY or HTTPS_PROXY is not the URL of a proxy"]);
  }
}

function readCertificates(caFile: string): string {
  const setting = "vcc:caFile (or VCC_CA_FILE)";
  try {
    const pem = readFileSync(caFile, "utf8");
    new X509Certificate(pem);
    return pem;
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    throw new ConfigurationError([
      code.startsWith("E") && !code.startsWith("ERR_")
        ? `${setting}: cannot read ${caFile} (${code})`
        : `${setting}: ${caFile} holds no certificate in PEM`,
    ]);
  }
}
