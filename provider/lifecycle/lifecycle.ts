import type { dynamic } from "@pulumi/pulumi";
import type { Account, Accounts } from "../accounts/accounts";
import type { AccountConnection } from "../accounts/connection";
import type { Region } from "../accounts/settings";
import {
  ApiError,
  AuthenticationError,
  ConfigurationError,
  NetworkError,
  ProtocolError,
  type VccError,
} from "../errors";
import { containsUnknown, isUnknown, unknownValue } from "../pulumi-values";
import { declarationIn } from "../resource/properties";
import { type Environment, resolveHeaders } from "../secrets/resolve";
import { resetSettings, toProviderSettings } from "../vcc/provider-settings";
import { hasWitness, identified, isWitnessRequired, witnessUrl } from "../witness/argument";
import { noDrift } from "../witness/witness";
import { parseRegistration } from "./arguments";
import { UnacknowledgedError } from "./boundary";
import { decide, hasDrifted, hasOtherAccount, windowAdvanced } from "./decide";
import { accountFingerprint, createFingerprintKey, headerFingerprints } from "./fingerprint";
import { createOwnership, type Declarer, type RegisteredName } from "./ownership";
import { describeRecentWindow, reassertWindow } from "./reassert-window";
import { findUncompared, problemsOfMissing } from "./secret-headers";
import {
  argumentsOf,
  idOf,
  inputsOf,
  type LocatedRegistration,
  parseState,
  type RegistrationInputs,
  type RegistrationOutputs,
  registeredOf,
  registrationLabel,
  storedLabel,
  unacknowledgedOutputs,
  unknownArguments,
  withUnknown,
} from "./state";
import { verify } from "./verification";

export interface LifecycleOptions {
  accounts: Accounts;
  /** What the secrets among headers resolve to. */
  environment: Environment;
  /** Whether `check` returns the input `unresolved`, which plans would constrain. @default false */
  reportsUnresolved?: boolean;
  /** Writes one line to the terminal. The engine shows the stderr of this process. */
  log(line: string): void;
  /** Milliseconds since the epoch. */
  now(): number;
}

/**
 * The provider that the engine calls. One object serves all registrations of its accounts during one
 * operation.
 */
export function createLifecycle({
  accounts,
  environment,
  reportsUnresolved = false,
  log,
  now,
}: LifecycleOptions) {
  const ownership = createOwnership();
  // All registrations of an operation belong to the same window, even if the next one begins during
  // the operation.
  const startMs = now();
  /** Resources whose incomplete state has been logged. */
  const incomplete = new Set<string>();
  /** During a destroy, the engine checks no resource. */
  let isDestroy = true;

  /** Logs it once: a refresh also compares what it has read. Returns the message. */
  function reportIncomplete(
    id: string,
    named: Partial<RegistrationInputs>,
    invalid: readonly string[],
  ): string {
    const problem =
      `${storedLabel(id, named)}: the state is incomplete, or other code has written it (missing or invalid: ` +
      `${invalid.join(", ")}). pulumi up registers it again in place; a registration under another name is not reset`;
    const key = JSON.stringify([id, named.account]);
    if (!incomplete.has(key)) log(`${problem}.`);
    incomplete.add(key);
    return problem;
  }

  /** Says it for each header whose variable this run does not set. */
  function logUnresolved(
    registration: Pick<RegistrationInputs, "provider" | "region" | "account">,
    unresolved: Readonly<Record<string, string>>,
    consequence: string,
  ): void {
    const label = containsUnknown([registration.provider, registration.region])
      ? "a registration"
      : registrationLabel(registration);
    for (const [header, variable] of Object.entries(unresolved)) {
      log(
        `${label}: the header ${JSON.stringify(header)} ${consequence}, because this run does not set the environment ` +
          `variable ${variable}.`,
      );
    }
  }

  /** A preview shows a registration that `up` cannot send. */
  function logNeeded(news: RegistrationInputs): void {
    if (isUnknown(news.headers)) return;
    const { unresolved } = resolveHeaders(news.headers ?? {}, environment);
    logUnresolved(news, unresolved, "cannot be registered");
  }

  async function register(
    id: string,
    inputs: RegistrationInputs,
    before?: RegistrationOutputs,
  ): Promise<RegistrationOutputs> {
    const { values, unresolved, contents } = resolveHeaders(inputs.headers ?? {}, environment);
    if (Object.keys(unresolved).length > 0) {
      throw new ConfigurationError(
        problemsOfMissing(unresolved).map((problem) => `${registrationLabel(inputs)}: ${problem}`),
      );
    }
    const settings = toProviderSettings({ ...inputs, headers: values });
    const unacknowledged = unacknowledgedOutputs(inputs, settings);
    const { registrationFingerprint: fingerprint } = unacknowledged;
    const outputs = {
      ...unacknowledged,
      ...(hasWitness(inputs) && before !== undefined && historyOf(before, fingerprint)),
    };
    const account = accounts.get(inputs.account);
    ownership.claim(nameOf(inputs, account));
    const outcome = await account.register(
      hasWitness(inputs) ? identified(settings, fingerprint) : settings,
      Object.values(contents),
    );
    const at = new Date(now()).toISOString();
    switch (outcome.kind) {
      case "acknowledged":
        return { ...outputs, registeredAt: at };
      case "refused":
        throw outcome.error;
      case "unknown":
        // The next `up` registers again, whatever the program declares by then.
        throw new UnacknowledgedError(`${mayHaveAccepted(outcome.error)}: run pulumi up again`, {
          id,
          properties: {
            ...outputs,
            ...(before?.registeredAt !== undefined && { registeredAt: before.registeredAt }),
            drift: `sent at ${at}, not acknowledged`,
          },
        });
    }
  }

  /** @throws ConfigurationError */
  function placeOf(name: string | undefined): Place {
    const account = accounts.get(name);
    return { account, ...account.connection() };
  }

  return {
    /** Only stores the configuration: the host makes other calls before this one has ended. */
    async configure({ config }) {
      accounts.configure((key) => config.get(key));
    },

    async check(stored, news): Promise<dynamic.CheckResult<RegistrationInputs>> {
      isDestroy = false;
      const { unknown = {}, preview = false, ignoredHeaders = [] } = declarationIn(news);
      const declarer = declarerOf(news);
      const args = argumentsOf(stored, news);
      for (const argument of Object.keys(unknown)) args[argument] = unknownValue;
      const { known: olds } = parseState(stored);
      const problems: string[] = [];
      const { account: accountName } = args;
      const place = isUnknown(accountName)
        ? unknownPlace
        : // `parseRegistration` rejects other values.
          accountName === undefined || (typeof accountName === "string" && accountName !== "")
          ? loadOrReport(() => placeOf(accountName), problems)
          : undefined;
      const parsed = parseRegistration(args, environment);
      if ("problems" in parsed) problems.push(...parsed.problems);
      const { provider } = args;
      const declared =
        place?.account !== undefined && typeof provider === "string" && !isUnknown(provider)
          ? nameOf({ ...args, provider, region: place.region }, place.account)
          : undefined;
      if ("provider" in unknown || "account" in unknown) ownership.declareUnknown();
      const problem = declared && ownership.declare(declared, declarer);
      if (problem !== undefined) problems.push(`provider: ${problem}`);
      const witness = "registration" in parsed ? witnessUrl(parsed.registration) : undefined;
      // It sees the notifications of one registration, which do not name it.
      const shared = witness && ownership.declareWitness(new URL(witness).href, declarer);
      if (shared !== undefined) problems.push(`witness: ${shared}`);
      if (problems.length > 0 || place === undefined || "problems" in parsed) {
        return failed(problems);
      }

      const { registration, resolved } = parsed;
      const { account, region } = place;
      // A plan that a preview saves permits every key if it is unknown, and contains none.
      const fingerprintKey =
        olds.fingerprintKey ?? (preview ? unknownValue : createFingerprintKey());
      const clientFingerprint =
        accountFingerprint(account?.id(), fingerprintKey) ??
        // A run without credentials cannot change the client of an account. An access token may
        // belong to a different account.
        (account?.hasAccessToken() ||
        olds.account !== registration.account ||
        olds.fingerprintKey === undefined
          ? undefined
          : olds.accountFingerprint);
      const { reassertEvery = place.reassertEvery, headers = {} } = registration;
      // A program that ignores all changes passes no declaration.
      const isIgnored = (header: string) =>
        declarer.resource === undefined ||
        ignoredHeaders.some((ignored) => ignored === "*" || ignored === header);
      const { kept, uncompared, missing } = findUncompared(headers, resolved, olds, isIgnored);
      logUnresolved({ ...registration, region }, uncompared, "was not compared");
      // A later failure may leave a reset of what this registration replaces.
      if (!preview) problems.push(...problemsOfMissing(missing));
      else logUnresolved({ ...registration, region }, missing, "cannot be registered");
      if (problems.length > 0) return failed(problems);
      const placeholders = Object.entries(missing).map(([header, variable]) => [
        header,
        `unresolved: ${variable}`,
      ]);
      const inputs: RegistrationInputs = {
        ...registration,
        region,
        ...(clientFingerprint !== undefined && { accountFingerprint: clientFingerprint }),
        fingerprintKey,
        headerFingerprints: headerFingerprints(
          isUnknown(headers) ? unknownHeaders : resolved.values,
          fingerprintKey,
          { ...kept, ...Object.fromEntries(placeholders) },
        ),
        ...(reportsUnresolved && unresolvedOf({ ...uncompared, ...missing })),
        drift: noDrift,
        ...(reassertEvery !== undefined && {
          reassertEvery,
          reassertWindow: reassertWindow(reassertEvery, startMs),
        }),
      };
      return { inputs: withUnknown(inputs, unknown) };
    },

    async diff(id, stored, news) {
      if (news.unknown !== undefined) return { changes: true };
      const { outputs: olds, invalid } = parseState(stored);
      if (olds === undefined) {
        const isUnknownName = containsUnknown([news.provider, news.region, news.account]);
        reportIncomplete(id, isUnknownName ? {} : news, invalid);
        // Never a replacement: it would run a delete of the other code, or one that does not know the name.
        return { changes: true };
      }
      const decision = decide(olds, news);
      switch (decision.action) {
        case "none":
        case "store":
          // Another resource of this name may be deleted first, with the option deleteBeforeReplace.
          if (ownership.isReleased(nameOf(news, accounts.get(news.account)))) {
            return { changes: true };
          }
          return decision.action === "none" ? { changes: false } : {};
        case "update":
          logNeeded(news);
          // Without `changes` the engine compares the inputs itself, and prints the differences.
          return decision.isVisible ? { replaces: [] } : { changes: true };
        case "replace": {
          logNeeded(news);
          const { because: replaces, resetFirst: deleteBeforeReplace } = decision;
          if (deleteBeforeReplace) ownership.release(nameOf(news, accounts.get(news.account)));
          return { replaces, deleteBeforeReplace };
        }
      }
    },

    async create(inputs) {
      requireKnown(inputs);
      const id = idOf(inputs);
      return { id, outs: await register(id, inputs) };
    },

    async update(id, stored, news) {
      requireKnown(news);
      const { outputs: olds } = parseState(stored);
      if (olds === undefined) return { outs: await register(id, news) };
      const name = nameOf(news, accounts.get(news.account));
      const { action } = decide(olds, news);
      if ((action === "none" || action === "store") && !ownership.isReleased(name)) {
        return { outs: { ...news, ...registeredOf(olds) } };
      }
      // Before registering: if the response is lost, the state contains only the new account.
      if (hasOtherAccount(olds, news)) {
        log(
          `${registrationLabel(news)} was previously registered by another API client or through another URL. ` +
            "If that is a different account, the registration still exists there.",
        );
      }
      const outs = await register(id, news, olds);
      if (news.reassertWindow !== undefined && windowAdvanced(olds, news)) {
        const explanation = describeRecentWindow(news.reassertWindow, startMs);
        if (explanation !== undefined)
          log(`${registrationLabel(news)} is registered again: ${explanation}.`);
      }
      return { outs };
    },

    /**
     * Returns the state with what the witness says, because VCC has no read endpoint. Drift becomes an
     * input, which the engine compares.
     */
    async read(id, stored) {
      const { known, outputs: olds, invalid } = parseState(stored);
      if (olds === undefined) {
        const problem = reportIncomplete(id, known, invalid);
        if (isWitnessRequired(known)) throw new ConfigurationError([problem]);
        return { id, props: stored as RegistrationOutputs };
      }
      const props = await verify(olds, () => accounts.get(olds.account), now);
      if (!hasDrifted(props) && !hasDrifted(olds)) return { id, props };
      return { id, props, inputs: inputsOf(props) as RegistrationOutputs };
    },

    /**
     * Resets the registration, because VCC cannot delete it, unless something else may depend on it.
     */
    async delete(id, stored) {
      const { known, located: props, invalid } = parseState(stored);
      if (props === undefined) {
        throw new ConfigurationError([
          `${storedLabel(id, known)} cannot be reset, because its state does not say which registration it is ` +
            `(missing or invalid: ${invalid.join(", ")}). While the program declares it, run pulumi up, which ` +
            "registers it again and completes the state. To keep the registration, run pulumi state delete",
        ]);
      }
      try {
        await reset(props);
      } catch (error) {
        throw isDestroy && maybeOutdatedSettings(error)
          ? error.withMessage(`${error.message}. ${outdatedSettings}`)
          : error;
      }
    },
  } satisfies dynamic.ResourceProvider<RegistrationInputs, RegistrationOutputs>;

  async function reset(props: LocatedRegistration): Promise<void> {
    const label = registrationLabel(props);
    if (!accounts.has(props.account)) {
      log(`${label} is not reset: ${ownership.reasonToKeepWithoutAccount(props)}.`);
      return;
    }
    const account = accounts.get(props.account);
    const reason = ownership.reasonToKeep(props, account);
    if (reason !== undefined) {
      log(`${label} is not reset: ${reason}.`);
      return;
    }
    ownership.release(nameOf(props, account));
    const outcome = await account.register(resetSettings(props.provider));
    if (outcome.kind === "refused") throw outcome.error;
    if (outcome.kind === "unknown") {
      // The engine keeps the old state, so only the message can say that it may be outdated.
      throw new UnacknowledgedError(
        `${mayHaveAccepted(outcome.error)}: run pulumi destroy again, or, to keep the registration, ` +
          "pulumi up --replace with its URN",
      );
    }
    log(
      `${label} is reset: no endpoint, no headers, only release permitted. ` +
        "VCC cannot delete a registration, so the name itself remains. " +
        "Another stack or tool that registers this name is reset, too: it must register again.",
    );
  }
}

function mayHaveAccepted({ message }: VccError): string {
  return `${message}. VCC may still have accepted the registration`;
}

/** Whether other settings could have prevented a failure. */
function maybeOutdatedSettings(error: unknown): error is VccError {
  return (
    [ConfigurationError, AuthenticationError, NetworkError, ProtocolError].some(
      (kind) => error instanceof kind,
    ) ||
    (error instanceof ApiError && !error.retryable)
  );
}

/** `destroy` has the configuration that the last `up` copied into the state. */
const outdatedSettings =
  "If you changed the settings since the last pulumi up, run pulumi up first, or pulumi destroy --run-program";

/** @throws ConfigurationError for an argument that is unknown although this is not a preview */
function requireKnown(inputs: RegistrationInputs): void {
  const paths = unknownArguments(inputs);
  if (paths.length === 0) return;
  throw new ConfigurationError([
    `${paths.join(", ")}: still unknown; nothing was sent. Something that it depends on failed or was skipped: ` +
      "fix that, and run pulumi up again",
  ]);
}

/** Missing if every variable is set. */
function unresolvedOf(unresolved: Record<string, string>): Pick<RegistrationInputs, "unresolved"> {
  return Object.keys(unresolved).length === 0 ? {} : { unresolved };
}

/** The engine prints the value of a property that a failure names, even if it is secret. */
function failed(problems: readonly string[]): dynamic.CheckResult {
  return { failures: problems.map((reason) => ({ property: "", reason })) };
}

/**
 * What a witness may still see of another registration before this one, or has seen of the same one,
 * unless that has drifted since.
 */
function historyOf(before: RegistrationOutputs, fingerprint: string) {
  const { registrationFingerprint: former, verifiedAt } = before;
  if (former !== fingerprint) return { formerFingerprint: former };
  return verifiedAt === undefined || hasDrifted(before) ? {} : { verifiedAt };
}

/** Where a registration goes, and what applies to it there. */
interface Place extends Pick<AccountConnection, "region" | "reassertEvery"> {
  /** Missing in a preview that does not know the account yet. */
  account?: Account;
}

/** The types describe known values. */
const unknownHeaders = unknownValue as never;
const unknownPlace: Place = { region: unknownValue as Region };

function nameOf(
  {
    region,
    provider,
    account: accountName,
  }: Pick<RegistrationInputs, "region" | "provider" | "account">,
  account: Account,
): RegisteredName {
  return { account: account.key(), accountName, region, provider };
}

/** If a program ignores all changes, only the key of the state identifies the resource. */
function declarerOf(news: RegistrationInputs): Declarer {
  const { resource, number } = declarationIn(news);
  return resource === undefined
    ? { id: news.fingerprintKey }
    : { id: `${number} ${resource}`, resource };
}

function loadOrReport<Result>(load: () => Result, problems: string[]): Result | undefined {
  try {
    return load();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}
