import type { RegisterClient, RegisterClientOptions } from "../client/register-client";
import { type Connection, loadConnection } from "../config/connection";
import { loadAccountId, loadCredentials, readAccessToken } from "../config/credentials";
import type { Environment, SettingSources } from "../config/settings";
import { problemOfNodeVersion } from "../contract/node-version";
import { ConfigurationError } from "../errors";
import { accountFingerprint } from "../registration/fingerprint";

/** The VCC account of this provider process. */
export interface Account extends Pick<RegisterClient, "register"> {
  /** Until this call, settings come from the environment alone. */
  configure(configuration: SettingSources["configuration"]): void;
  /** @throws ConfigurationError */
  connection(): Connection;
  /**
   * `undefined` without a client ID, as in previews without credentials, and with an access token.
   */
  fingerprint(key: string): string | undefined;
  /** Whether an access token is configured, which does not identify a client. */
  hasAccessToken(): boolean;
}

export function createAccount(environment: Environment, options: RegisterClientOptions): Account {
  const sources: SettingSources = { configuration: () => undefined, environment };
  let client: RegisterClient | undefined;
  return {
    configure(configuration) {
      sources.configuration = configuration;
    },
    connection() {
      // Older versions load everything but the client, which fails without a hint at the cause.
      const problem = problemOfNodeVersion();
      if (problem !== undefined) throw new ConfigurationError([problem]);
      return loadConnection(sources);
    },
    fingerprint(key) {
      const id = loadAccountId(sources);
      return id && accountFingerprint(id, key);
    },
    hasAccessToken: () => readAccessToken(sources) !== undefined,
    async register(settings, otherSecrets) {
      // Most operations send nothing and need neither the client, which takes time and memory to
      // load, nor credentials. (`import()` requires the extension.)
      const { createRegisterClient } = await import("../client/register-client.ts");
      client ??= createRegisterClient(loadConnection(sources), loadCredentials(sources), options);
      await client.register(settings, otherSecrets);
    },
  };
}
