import type { RegisterClient, RegisterClientOptions } from "../client/register-client";
import { showAnswersVariable, showsAnswers } from "../config/answers";
import { type Connection, loadConnection } from "../config/connection";
import { loadAccountId, loadCredentials, readAccessToken } from "../config/credentials";
import type { Environment, SettingSources } from "../config/settings";
import { accountObjectKey } from "../contract/account-object";
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
  /** Identifies the account within this operation. `undefined` as for `fingerprint`. */
  id(): string | undefined;
  /** Whether an access token is configured, which does not identify a client. */
  hasAccessToken(): boolean;
  /** Whether this is a `VccAccount` that names its client itself. */
  hasObjectClient(): boolean;
}

export interface AccountOptions extends Omit<RegisterClientOptions, "showAnswers"> {
  /** Nothing is sent before. @default at once */
  engineWatched?: Promise<void>;
  /** Writes one line to the terminal. */
  log(line: string): void;
}

export function createAccount(
  environment: Environment,
  { engineWatched, log, ...options }: AccountOptions,
): Account {
  const showAnswers = showsAnswers(environment);
  const sources: SettingSources = { configuration: () => undefined, environment };
  let client: RegisterClient | undefined;
  function fingerprint(key: string): string | undefined {
    const id = loadAccountId(sources);
    return id && accountFingerprint(id, key);
  }

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
    fingerprint,
    id: () => fingerprint("operation"),
    hasAccessToken: () => readAccessToken(sources) !== undefined,
    hasObjectClient: () =>
      Boolean(sources.configuration(accountObjectKey) && sources.configuration("vcc:clientId")),
    async register(settings) {
      // Most operations send nothing and need neither the client, which takes time and memory to
      // load, nor credentials. (`import()` requires the extension.)
      const { createRegisterClient } = await import("../client/register-client.ts");
      await engineWatched;
      if (client === undefined) {
        client = createRegisterClient(loadConnection(sources), loadCredentials(sources), {
          ...options,
          showAnswers,
        });
        if (showAnswers) {
          log(
            `${showAnswersVariable} is set: errors show VCC's responses whole, which may contain ` +
              "secrets. Unset it when you have found the cause.",
          );
        }
      }
      await client.register(settings);
    },
  };
}
