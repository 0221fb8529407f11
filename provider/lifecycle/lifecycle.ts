import type { dynamic } from "@pulumi/pulumi";
import { parseDeclarationId } from "../contract/declaration";
import { noDrift } from "../contract/resource";
import { isUnknown, unknownValue } from "../contract/unknown";
import { ConfigurationError, UnacknowledgedError } from "../errors";
import {
  createFingerprintKey,
  headerFingerprints,
  registrationFingerprint,
} from "../registration/fingerprint";
import { headerSecrets } from "../registration/headers";
import { resetSettings, toProviderSettings } from "../registration/provider-settings";
import { describeRecentWindow, reassertWindow } from "../registration/reassert-window";
import { parseRegistration } from "../registration/registration";
import type { Account } from "./account";
import type { OperationLog } from "./operation-log";
import { createOwnership } from "./ownership";
import { differOnlyByCase } from "./registered-name";
import {
  argumentsOf,
  differences,
  hasDrifted,
  identity,
  inputsOf,
  isOtherAccount,
  type RegistrationInputs,
  type RegistrationOutputs,
  registrationLabel,
  windowAdvanced,
} from "./state";

export interface LifecycleOptions {
  account: Account;
  operationLog: OperationLog;
  /** Writes one line to the terminal. The engine shows the stderr of this process. */
  log(line: string): void;
  /** Milliseconds since the epoch. */
  now(): number;
}

/**
 * The provider that the engine calls. One object serves all registrations of an account during one
 * operation.
 */
export function createLifecycle({ account, operationLog, log, now }: LifecycleOptions) {
  const ownership = createOwnership(account, operationLog);
  // All registrations of an operation belong to the same window, even if the next one begins
  // meanwhile.
  const startMs = now();

  async function register(
    id: string,
    inputs: RegistrationInputs,
    before?: RegistrationOutputs,
  ): Promise<RegistrationOutputs> {
    const { provider, region, fingerprintKey } = inputs;
    const settings = toProviderSettings(inputs);
    const outputs = {
      ...inputs,
      registrationFingerprint: registrationFingerprint(region, settings, fingerprintKey),
    };
    await ownership.claim({ account: account.id(), region, provider });
    try {
      await account.register(settings, headerSecrets(before?.headers));
    } catch (error) {
      if (!(error instanceof UnacknowledgedError)) throw error;
      // These fields make the engine record what VCC may hold. The next `up` then registers again,
      // whatever the program declares by then.
      error.message += ": run pulumi up again";
      const properties = {
        ...outputs,
        ...(before?.registeredAt !== undefined && { registeredAt: before.registeredAt }),
        drift: `sent at ${new Date(now()).toISOString()}, not acknowledged`,
      };
      throw Object.assign(error, { id, properties, reasons: [error.message] });
    }
    return { ...outputs, registeredAt: new Date(now()).toISOString() };
  }

  return {
    /** Only stores the configuration: the host makes other calls before this one has ended. */
    async configure({ config }) {
      account.configure((key) => config.get(key));
    },

    async check(olds, news) {
      const args = argumentsOf(olds, news);
      const problems: string[] = [];
      const connection = loadOrReport(() => account.connection(), problems);
      const parsed = parseRegistration(args);
      if ("problems" in parsed) problems.push(...parsed.problems);
      const { provider } = args;
      if (connection !== undefined && typeof provider === "string" && !isUnknown(provider)) {
        const name = { account: account.id(), region: connection.region, provider };
        const problem = ownership.declare(name, news.fingerprintKey);
        if (problem !== undefined) problems.push(`provider: ${problem}`);
      }
      if (problems.length > 0 || connection === undefined || "problems" in parsed) {
        // The engine prints the value of a property that a failure names, even if it is secret.
        return { failures: problems.map((reason) => ({ property: "", reason })) };
      }

      const { registration } = parsed;
      const warning = ownership.caseWarning({
        account: account.id(),
        region: connection.region,
        provider: registration.provider,
      });
      if (warning !== undefined) log(`${warning}.`);
      const fingerprintKey = olds.fingerprintKey || newFingerprintKey(news.fingerprintKey);
      const accountFingerprint =
        account.fingerprint(fingerprintKey) ??
        // A run without credentials cannot change the account. A token may belong to another one.
        (account.hasAccessToken() ? undefined : olds.accountFingerprint);
      const { reassertEvery = connection.reassertEvery } = registration;
      const inputs: RegistrationInputs = {
        ...registration,
        region: connection.region,
        ...(accountFingerprint !== undefined && { accountFingerprint }),
        fingerprintKey,
        headerFingerprints: headerFingerprints(registration.headers ?? {}, fingerprintKey),
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
        const name = { account: account.id(), region: news.region, provider: news.provider };
        await ownership.claim(name);
        // The engine deletes before it replaces, which may be before it checks this resource.
        return { changes: ownership.isReleased(name) };
      }
      // The inputs are equal, so the engine would not see this change.
      if (changed.length === 1 && changed[0] === "drift") return { changes: true };
      // Without `changes` the engine compares the inputs itself, and prints the differences.
      return {
        replaces: identity.filter((key) => changed.includes(key)),
        deleteBeforeReplace:
          olds.region === news.region &&
          !isOtherAccount(olds.accountFingerprint, news.accountFingerprint) &&
          differOnlyByCase(olds.provider, news.provider),
      };
    },

    async create(inputs) {
      const id = `${inputs.region}/${inputs.provider}`;
      return { id, outs: await register(id, inputs) };
    },

    async update(id, olds, news) {
      // Before registering: if the response is lost, the state contains only the new account.
      if (isOtherAccount(olds.accountFingerprint, news.accountFingerprint)) {
        log(
          `${registrationLabel(news)} was registered by another API client, or at another URL, before. ` +
            "If that is another account, it still has its registration.",
        );
      }
      const outs = await register(id, news, olds);
      const { reassertEvery = account.connection().reassertEvery } = news;
      if (reassertEvery !== undefined && windowAdvanced(olds, news)) {
        const explanation = describeRecentWindow(reassertEvery, startMs);
        if (explanation !== undefined)
          log(`${registrationLabel(news)} is registered again: ${explanation}.`);
      }
      return { outs };
    },

    /**
     * Returns the state: VCC has no read. Known drift becomes an input, which the engine compares.
     */
    async read(id, props) {
      if (props === undefined) return { id };
      if (!hasDrifted(props)) return { id, props };
      return { id, props, inputs: inputsOf(props) as RegistrationOutputs };
    },

    /** Resets the registration, since VCC has no delete, unless something else may depend on it. */
    async delete(_id, props) {
      const label = registrationLabel(props);
      const reason = await ownership.reasonToKeep(props);
      if (reason !== undefined) {
        log(`${label} is left unchanged: ${reason}.`);
        return;
      }
      const { region, provider } = props;
      ownership.release({ account: account.id(), region, provider });
      await account
        .register(resetSettings(provider), headerSecrets(props.headers))
        .catch((error) => {
          // The engine keeps the old state, so only the message can say that it may be outdated.
          if (error instanceof UnacknowledgedError) {
            error.message +=
              ": run pulumi destroy again, or, to keep the registration, pulumi up --replace with its URN";
          }
          throw error;
        });
      log(
        `${label} is reset: no endpoint, no headers, release only. ` +
          "VCC has no delete, so the name itself remains.",
      );
    },
  } satisfies dynamic.ResourceProvider<RegistrationInputs, RegistrationOutputs>;
}

/**
 * In a preview the key is unknown. A plan that the preview saves then permits every key, and neither
 * the plan nor the terminal contains one.
 */
function newFingerprintKey(declarationId: string): string {
  return parseDeclarationId(declarationId)?.preview ? unknownValue : createFingerprintKey();
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
