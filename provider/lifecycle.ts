import type { dynamic } from "@pulumi/pulumi";
import type { Account } from "./account";
import { createClaims, differOnlyByCase } from "./claims";
import type { EngineRun } from "./engine-run";
import { ConfigurationError, UnacknowledgedError } from "./errors";
import { createFingerprintKey, headerFingerprints, registrationFingerprint } from "./fingerprint";
import { reassertWindow, recentTurn } from "./reassert-window";
import { parseRegistration } from "./registration";
import {
  argumentsOf,
  differences,
  hasDrifted,
  identity,
  inputsOf,
  isOtherAccount,
  nameOf,
  noDrift,
  type RegistrationInputs,
  type RegistrationOutputs,
  registeredAtOf,
  turned,
} from "./registration-state";
import { reasonToLeave } from "./reset-guard";
import { leastPowerfulSettings, toSettings } from "./settings";
import { isUnknown } from "./unknown";

export interface LifecycleOptions {
  account: Account;
  engineRun: EngineRun;
  /** Tells the person at the terminal one line. The engine shows what this process writes on stderr. */
  tell(line: string): void;
  /** Milliseconds since the epoch. */
  now(): number;
}

/**
 * The life of one registration, for the engine. One object serves all registrations of an account
 * in one engine operation.
 */
export function createLifecycle({ account, engineRun, tell, now }: LifecycleOptions) {
  const claims = createClaims();
  // One moment for all registrations of the operation, or the turn of a window would divide them.
  const startMs = now();

  async function register(
    id: string,
    inputs: RegistrationInputs,
    before?: RegistrationOutputs,
  ): Promise<RegistrationOutputs> {
    const { provider, region, fingerprintKey } = inputs;
    const registration = registrationFingerprint(region, inputs, fingerprintKey);
    claims.confirm(region, provider);
    await engineRun.announce(region, provider);
    try {
      await account.register(toSettings(inputs), before?.headers);
    } catch (error) {
      if (!(error instanceof UnacknowledgedError)) throw error;
      // The state has to say that VCC may hold this: these fields make the engine record it, and the
      // next `up` registers again, whatever the program then says.
      error.message += ": run pulumi up again";
      const drift = `sent at ${new Date(now()).toISOString()}, not acknowledged`;
      const properties = { ...registeredAtOf(before), ...inputs, registration, drift };
      throw Object.assign(error, { id, properties, reasons: [error.message] });
    }
    return { ...inputs, registration, registeredAt: new Date(now()).toISOString() };
  }

  return {
    /** Only keeps the configuration: the host does not wait for this to end before other calls. */
    async configure({ config }) {
      account.configure((key) => config.get(key));
    },

    async check(olds, news) {
      const args = argumentsOf(olds, news);
      const problems: string[] = [];
      const connection = attempt(() => account.connection(), problems);
      const parsed = parseRegistration(args);
      if ("problems" in parsed) problems.push(...parsed.problems);
      const { provider } = args;
      if (connection !== undefined && typeof provider === "string" && !isUnknown(provider)) {
        const problem = claims.declare(connection.region, provider, news.fingerprintKey);
        if (problem !== undefined) problems.push(`provider: ${problem}`);
      }
      if (problems.length > 0 || connection === undefined || "problems" in parsed) {
        // No property: the engine prints the value of one that it is given, secret or not.
        return { failures: problems.map((reason) => ({ property: "", reason })) };
      }

      const doubt = claims.doubtOf(connection.region, parsed.registration.provider);
      if (doubt !== undefined) tell(`${doubt}.`);
      const fingerprintKey = olds.fingerprintKey || createFingerprintKey();
      const fingerprint =
        account.fingerprint(fingerprintKey) ??
        // Without credentials, whoever registered is still the account; with a token, nobody knows.
        (account.hasToken() ? undefined : olds.accountFingerprint);
      const { reassertEvery = connection.reassertEvery } = parsed.registration;
      const inputs: RegistrationInputs = {
        ...parsed.registration,
        region: connection.region,
        ...(fingerprint !== undefined && { accountFingerprint: fingerprint }),
        fingerprintKey,
        headerFingerprints: headerFingerprints(parsed.registration.headers ?? {}, fingerprintKey),
        drift: noDrift,
        ...(reassertEvery !== undefined && {
          reassertWindow: reassertWindow(reassertEvery, startMs),
        }),
      };
      return { inputs };
    },

    async diff(_id, olds, news) {
      const changed = differences(olds, news);
      if (changed.length === 0) {
        claims.confirm(news.region, news.provider);
        await engineRun.announce(news.region, news.provider);
        return { changes: false };
      }
      // Of outputs that no input shows, the engine has to be told.
      if (changed.length === 1 && changed[0] === "drift") return { changes: true };
      // Else `changes` stays open: only then does the engine compare the inputs and print them.
      return {
        replaces: identity.filter((key) => changed.includes(key)),
        deleteBeforeReplace:
          olds.region === news.region && differOnlyByCase(olds.provider, news.provider),
      };
    },

    async create(inputs) {
      const id = `${inputs.region}/${inputs.provider}`;
      return { id, outs: await register(id, inputs) };
    },

    async update(id, olds, news) {
      const outs = await register(id, news, olds);
      const { reassertEvery = account.connection().reassertEvery } = news;
      if (reassertEvery !== undefined && turned(olds, news)) {
        const turn = recentTurn(reassertEvery, startMs);
        if (turn !== undefined) tell(`${nameOf(news)} is registered again: ${turn}.`);
      }
      if (isOtherAccount(olds.accountFingerprint, news.accountFingerprint)) {
        tell(
          `${nameOf(news)} is registered by another API client ` +
            "or at another URL than before. If that is another account, the former one still has it.",
        );
      }
      return { outs };
    },

    /** VCC cannot be asked: the state repeats what is known. Drift becomes an input, to be compared. */
    async read(id, props) {
      if (props === undefined) return { id };
      if (!hasDrifted(props)) return { id, props };
      return { id, props, inputs: inputsOf(props) as RegistrationOutputs };
    },

    /**
     * VCC has no delete: the name is reset to its least powerful form, unless that could hit a
     * registration that somebody relies on.
     */
    async delete(_id, props) {
      const name = nameOf(props);
      const reason = await reasonToLeave(props, { account, claims, engineRun });
      if (reason !== undefined) {
        tell(`${name} is left as it is: ${reason}.`);
        return;
      }
      await account
        .register(leastPowerfulSettings(props.provider), props.headers)
        .catch((error) => {
          // The engine keeps the state as it was: only the message can say that it may be wrong now.
          if (error instanceof UnacknowledgedError) {
            error.message += ": destroy again, or, to keep it, pulumi up --replace with its URN";
          }
          throw error;
        });
      tell(
        `${name} is reset: no endpoint, no headers, release only. ` +
          "VCC has no delete, so the name itself stays.",
      );
    },
  } satisfies dynamic.ResourceProvider<RegistrationInputs, RegistrationOutputs>;
}

function attempt<Result>(load: () => Result, problems: string[]): Result | undefined {
  try {
    return load();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}
