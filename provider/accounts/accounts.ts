import { ApiError, AuthenticationError, ConfigurationError } from "../errors";
import type { Outcome, RegisterClient, RegisterClientOptions } from "../vcc/register-client";
import { problemOfNodeVersion } from "../versions";
import { formerTokenHint } from "../witness/witness";
import type { WitnessClient } from "../witness/witness-client";
import { type AccountConnection, loadConnection } from "./connection";
import {
  type AccountId,
  loadAccountId,
  loadCredentials,
  requireCompleteCredentials,
} from "./credentials";
import type { NamedAccounts } from "./named-accounts";
import type { SettingSources } from "./setting-sources";
import {
  accountSources,
  type Configuration,
  type Environment,
  loadNamedAccounts,
  stackSources,
} from "./setting-sources";

// The clients take time and memory to load. `import()` cannot load them from the archives of Yarn's
// Plug'n'Play without a loader.
const loadRegisterClient = (): typeof import("../vcc/register-client") =>
  require("../vcc/register-client");
const loadWitnessClient = (): typeof import("../witness/witness-client") =>
  require("../witness/witness-client");

/** The VCC accounts of this provider process. */
export interface Accounts {
  /** Until this call, settings come from the environment alone. */
  configure(configuration: Configuration): void;
  /**
   * @param name of a named account; `undefined` for the default account
   * @throws ConfigurationError if there is no such account
   */
  get(name: string | undefined): Account;
  /** @throws ConfigurationError if the named accounts are invalid */
  has(name: string | undefined): boolean;
}

export interface Account extends Pick<RegisterClient, "register"> {
  /** @throws ConfigurationError */
  connection(): AccountConnection;
  /** `undefined` without a client ID, as in previews without credentials, and with an access token. */
  id(): AccountId | undefined;
  /** The same for two accounts with one API client and URL, however that is written. `undefined` as `id`. */
  key(): string | undefined;
  /** Whether an access token is configured, which does not identify a client. */
  hasAccessToken(): boolean;
  /**
   * Asks the witness at a URL with the account's token.
   *
   * @returns the JSON of its response
   * @throws VccError
   */
  askWitness(url: string): Promise<unknown>;
}

export interface AccountsOptions extends RegisterClientOptions {
  /** Nothing is sent before. @default at once */
  engineWatched?: Promise<void>;
  /** Writes one line to the terminal. */
  log(line: string): void;
}

export function createAccounts(environment: Environment, options: AccountsOptions): Accounts {
  const accounts = new Map<string | undefined, Account>();
  let configuration: Configuration = () => undefined;
  let named: NamedAccounts[] | undefined;

  /** Once: hundreds of accounts share what they parse. */
  function namedAccounts(): NamedAccounts[] {
    named ??= loadNamedAccounts(configuration, environment);
    return named;
  }

  function create(name: string | undefined): Account {
    const stack = stackSources(configuration, environment);
    if (name === undefined) return createAccount(name, stack, options);
    const sources = accountSources(name, namedAccounts(), stack);
    requireCompleteCredentials(sources);
    return createAccount(name, sources, options);
  }

  return {
    configure(given) {
      configuration = given;
      named = undefined;
      accounts.clear();
    },
    get(name) {
      const account = accounts.get(name) ?? create(name);
      accounts.set(name, account);
      return account;
    },
    has: (name) => name === undefined || namedAccounts().some((configured) => configured.has(name)),
  };
}

/** Names the account in the error of an outcome, unless it is the default account. */
function ofAccount(name: string | undefined, outcome: Outcome): Outcome {
  if (name === undefined || outcome.kind === "acknowledged") return outcome;
  const { kind, error } = outcome;
  // VCC refused the account, and not only one registration.
  const isRefused =
    kind === "refused" &&
    (error instanceof AuthenticationError || (error instanceof ApiError && error.status === 403));
  const hint = isRefused
    ? ". To continue with the other accounts, run pulumi up --continue-on-error"
    : "";
  const message = `account ${JSON.stringify(name)}: ${error.message}${hint}`;
  return { kind, error: error.withMessage(message) };
}

/** @throws ConfigurationError without a token */
function loadWitnessAccess(sources: SettingSources) {
  const { witnessToken: token, caFile } = loadConnection(sources);
  if (token !== undefined) return { token, caFile };
  throw new ConfigurationError([
    `the witness was not asked: set ${sources.label("witnessToken")}; ${formerTokenHint}`,
  ]);
}

interface AccountOptions extends RegisterClientOptions {
  engineWatched?: Promise<void>;
}

function createAccount(
  name: string | undefined,
  sources: SettingSources,
  { engineWatched, ...options }: AccountOptions,
): Account {
  let client: RegisterClient | undefined;
  let witnessClient: WitnessClient | undefined;

  return {
    connection() {
      // Older versions load everything but the client, which fails without a hint at the cause.
      const problem = problemOfNodeVersion();
      if (problem !== undefined) throw new ConfigurationError([problem]);
      return loadConnection(sources);
    },
    id: () => loadAccountId(sources),
    key() {
      const id = loadAccountId(sources);
      return id && JSON.stringify([id.clientId, new URL(loadConnection(sources).apiUrl).href]);
    },
    hasAccessToken: () => sources.read("accessToken") !== undefined,
    async askWitness(url) {
      const { createWitnessClient } = loadWitnessClient();
      witnessClient ??= createWitnessClient(loadWitnessAccess(sources));
      return witnessClient.ask(url);
    },
    async register(settings, secrets) {
      // Most operations send nothing and need neither the client nor credentials.
      const { createRegisterClient } = loadRegisterClient();
      await engineWatched;
      try {
        client ??= createRegisterClient(loadConnection(sources), loadCredentials(sources), options);
      } catch (error) {
        if (!(error instanceof ConfigurationError)) throw error;
        return ofAccount(name, { kind: "refused", error });
      }
      return ofAccount(name, await client.register(settings, secrets));
    },
  };
}
