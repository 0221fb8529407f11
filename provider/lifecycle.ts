import { isDeepStrictEqual } from "node:util";
import type { dynamic } from "@pulumi/pulumi";
import { createClaims, differOnlyByCase } from "./claims";
import {
  type Environment,
  loadConnection,
  loadCredentials,
  type SettingSources,
} from "./connection";
import { ConfigurationError } from "./errors";
import { createFingerprintKey, headerFingerprints, registrationFingerprint } from "./fingerprint";
import type { Region } from "./region";
import { createRegisterClient, type RegisterClient } from "./register-client";
import { parseRegistration } from "./registration";
import { leastPowerfulSettings, type Registration, toSettings } from "./settings";
import { isUnknown } from "./unknown";

/** What `check` makes of the arguments; the state stores it as inputs, and the engine compares it. */
export interface RegistrationInputs extends Registration {
  region: Region;
  fingerprintKey: string;
  headerFingerprints: Record<string, string>;
  drift: string;
}

export interface RegistrationOutputs extends RegistrationInputs {
  registration: string;
  registeredAt: string;
}

/** What changes when it changes, instead of being changed. */
const identity = ["provider", "region"] as const;

/**
 * What makes a difference. The rest is derived from it, or, like the code text, must not make every
 * registration look changed after an upgrade.
 */
const compared = [...identity, "endpoint", "headers", "agentActionsPermitted", "drift"] as const;

/** What `check` adds to the arguments; a program that ignores all changes sends it back. */
const derived = ["region", "fingerprintKey", "headerFingerprints", "drift"] as const;

export interface LifecycleOptions {
  environment: Environment;
  /** Tells the person at the terminal one line. The engine shows what this process writes on stderr. */
  tell(line: string): void;
  /** Milliseconds since the epoch. @default Date.now */
  now?: () => number;
}

/**
 * The life of one registration, for the engine. One object serves all registrations of an account
 * in one engine operation.
 */
export function createLifecycle({ environment, tell, now = Date.now }: LifecycleOptions) {
  const claims = createClaims();
  const sources: SettingSources = { configuration: () => undefined, environment };
  let client: RegisterClient | undefined;

  /** Credentials are looked up here and nowhere earlier: previews do without. */
  function registerClient(): RegisterClient {
    client ??= createRegisterClient(loadConnection(sources), loadCredentials(sources), { now });
    return client;
  }

  async function register(inputs: RegistrationInputs): Promise<RegistrationOutputs> {
    const { provider, endpoint, headers, agentActionsPermitted, region, fingerprintKey } = inputs;
    const registration: Registration = { provider, endpoint, headers, agentActionsPermitted };
    await registerClient().register(toSettings(registration));
    claims.confirm(region, provider);
    return {
      ...inputs,
      registration: registrationFingerprint(region, registration, fingerprintKey),
      registeredAt: new Date(now()).toISOString(),
    };
  }

  return {
    /** Only keeps the configuration: the host does not wait for this to end before other calls. */
    async configure({ config }) {
      sources.configuration = (key) => config.get(key);
    },

    async check(olds, news) {
      const problems: string[] = [];
      const region = attempt(() => loadConnection(sources).region, problems);
      const parsed = parseRegistration(argumentsOf(olds, news));
      if ("problems" in parsed) problems.push(...parsed.problems);
      if (region === undefined || "problems" in parsed) return { failures: failures(problems) };

      const { registration } = parsed;
      const { provider, headers = {} } = registration;
      if (!isUnknown(provider)) {
        const problem = claims.declare(region, provider, news.fingerprintKey);
        if (problem !== undefined) return { failures: failures([`provider: ${problem}`]) };
      }
      const fingerprintKey = olds.fingerprintKey || createFingerprintKey();
      const inputs: RegistrationInputs = {
        ...registration,
        region,
        fingerprintKey,
        headerFingerprints: headerFingerprints(headers, fingerprintKey),
        drift: "none",
      };
      return { inputs };
    },

    async diff(_id, olds, news) {
      const changed = compared.filter((key) => !isDeepStrictEqual(olds[key], news[key]));
      if (changed.length === 0) {
        claims.confirm(news.region, news.provider);
        return { changes: false };
      }
      // `changes` stays open: only then does the engine compare the inputs itself and print them.
      return {
        replaces: identity.filter((key) => changed.includes(key)),
        deleteBeforeReplace:
          olds.region === news.region && differOnlyByCase(olds.provider, news.provider),
      };
    },

    async create(inputs) {
      return { id: `${inputs.region}/${inputs.provider}`, outs: await register(inputs) };
    },

    async update(_id, _olds, news) {
      return { outs: await register(news) };
    },

    /** VCC cannot be asked: the state repeats what VCC last acknowledged. */
    async read(id, props) {
      return { id, ...(props && { props }) };
    },

    /**
     * VCC has no delete: the name is reset to its least powerful form, unless that could hit a
     * registration that somebody else relies on.
     */
    async delete(_id, { provider, region }) {
      const name = JSON.stringify(provider);
      const connection = loadConnection(sources);
      if (connection.region !== region) {
        tell(
          `${name} stays registered in ${region}: this connection is for ${connection.region}. ` +
            `To reset it, declare and destroy it with an account in ${region}.`,
        );
        return;
      }
      const reason = claims.reasonToLeave(region, provider);
      if (reason !== undefined) {
        tell(`${name} in ${region} is left as it is: ${reason}.`);
        return;
      }
      await registerClient().register(leastPowerfulSettings(provider));
      tell(
        `${name} in ${region} is reset: no endpoint, no headers, release only. ` +
          "VCC has no delete, so the name itself stays.",
      );
    },
  } satisfies dynamic.ResourceProvider<RegistrationInputs, RegistrationOutputs>;
}

/** What the program wrote, without what the engine or an earlier `check` added. */
function argumentsOf(olds: object, news: object): object {
  const earlier: Record<string, unknown> = { ...olds };
  return Object.fromEntries(
    Object.entries(news).filter(([key, value]) => {
      if (key === "__provider" || key === "fingerprintKey") return false;
      const kept = (derived as readonly string[]).includes(key);
      return !(kept && isDeepStrictEqual(value, earlier[key]));
    }),
  );
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

/** Without a property: the engine prints the value of a property that it is given, secret or not. */
function failures(problems: string[]): dynamic.CheckFailure[] {
  return problems.map((reason) => ({ property: "", reason }));
}
