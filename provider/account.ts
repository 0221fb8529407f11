import {
  type Connection,
  type Environment,
  loadAccessToken,
  loadAccountId,
  loadConnection,
  loadCredentials,
  type SettingSources,
} from "./connection";
import { accountFingerprint } from "./fingerprint";
import { createRegisterClient, type RegisterClient } from "./register-client";
import type { ProviderSettings } from "./settings";

/** The VCC account that this provider process registers at. */
export interface Account {
  /** Before it, settings come from the environment alone. */
  configure(configuration: SettingSources["configuration"]): void;
  /** @throws ConfigurationError */
  connection(): Connection;
  /** Not known without a client id: previews do without, and a token does not tell. */
  fingerprint(key: string): string | undefined;
  /** Whether it is used through an access token, of which no client is known. */
  hasToken(): boolean;
  /**
   * Credentials are looked up here and nowhere earlier.
   *
   * @throws ConfigurationError, and what the register client throws
   */
  register(settings: ProviderSettings): Promise<void>;
}

export function createAccount(environment: Environment, now: () => number): Account {
  const sources: SettingSources = { configuration: () => undefined, environment };
  let client: RegisterClient | undefined;
  return {
    configure(configuration) {
      sources.configuration = configuration;
    },
    connection: () => loadConnection(sources),
    fingerprint(key) {
      const id = loadAccountId(sources);
      return id && accountFingerprint(id, key);
    },
    hasToken: () => loadAccessToken(sources) !== undefined,
    async register(settings) {
      client ??= createRegisterClient(loadConnection(sources), loadCredentials(sources), { now });
      await client.register(settings);
    },
  };
}
