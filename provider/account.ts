import { type Connection, loadConnection } from "./connection";
import { loadAccessToken, loadAccountId, loadCredentials } from "./credentials";
import { accountFingerprint } from "./fingerprint";
import type { RegisterClient, RegisterClientOptions } from "./register-client";
import type { Environment, SettingSources } from "./setting-sources";
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
   * @param formerHeaders what VCC may still quote: kept out of messages
   * @throws ConfigurationError, and what the register client throws
   */
  register(settings: ProviderSettings, formerHeaders?: Record<string, string>): Promise<void>;
}

export function createAccount(environment: Environment, options: RegisterClientOptions): Account {
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
    async register(settings, formerHeaders) {
      // Loading it takes time and memory, and most operations send nothing. (`import()` wants the extension.)
      const { createRegisterClient } = await import("./register-client.ts");
      client ??= createRegisterClient(loadConnection(sources), loadCredentials(sources), options);
      await client.register(settings, formerHeaders);
    },
  };
}
