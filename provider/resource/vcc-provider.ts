import * as pulumi from "@pulumi/pulumi";
import type { Region } from "../accounts/settings";
import type { HeaderValue } from "../secrets/secret";
import type { Permissions } from "../vcc/provider-settings";
import type { Witness } from "../witness/witness";
import { declarationOf } from "./declaration";
import { requireInstalled } from "./installation";
import { declarationKey, outputNames, secretNames } from "./properties";
import { providerCode, resourceType } from "./provider-code";
import { runError } from "./run-error";
import {
  requireSerializableRecord,
  serializable,
  serializableOrRecord,
  serializableRecord,
} from "./serializable";
import { warnOfSettings } from "./setting-warnings";
import { readAllFrames } from "./stack-frames";
import type {
  FromSettingsOptions,
  ProviderSettingsBody,
  VccProviderArgs,
} from "./vcc-provider-args";

/**
 * A VCC provider: a named integration with the endpoint that VCC notifies, the headers that it sends there, and
 * the actions that agents may perform.
 *
 * `pulumi up` registers it with `POST /Register`, which creates or overwrites. VCC can neither read nor delete a
 * registration. `refresh` returns what VCC last acknowledged, and asks the witness if there is one. `destroy` resets
 * the name: no endpoint, no headers, only `release` permitted.
 *
 * Arguments are validated before anything is sent. A failed check lists every problem, and shows no
 * header value.
 *
 * @see `POST /Register` of the VCC Interactions API
 *
 * @example
 * import * as pulumi from "@pulumi/pulumi";
 * import { bearer, VccProvider } from "pulumi-vcc";
 *
 * const config = new pulumi.Config();
 *
 * const crm = new VccProvider("crm", {
 *   provider: "CrmIntegration",
 *   endpoint: "https://crm.example.com/vcc",
 *   headers: { Authorization: bearer(config.requireSecret("callbackToken")), "X-Tenant": "acme" },
 *   agentActionsPermitted: { release: true, hold: true },
 * });
 */
export class VccProvider extends pulumi.CustomResource {
  /** The registered name. */
  declare readonly provider: pulumi.Output<string>;
  /** The URL that VCC notifies. */
  declare readonly endpoint: pulumi.Output<string | undefined>;
  /** The registered headers. Secret as a whole. */
  declare readonly headers: pulumi.Output<Record<string, HeaderValue> | undefined>;
  /** All four permissions, defaults included. */
  declare readonly agentActionsPermitted: pulumi.Output<Permissions>;
  /** How often `up` registers again. `undefined` if neither the argument nor the setting is set. */
  declare readonly reassertEvery: pulumi.Output<string | undefined>;
  /** The name of the account. `undefined` for the default account. */
  declare readonly account: pulumi.Output<string | undefined>;
  /** The declared witness. */
  declare readonly witness: pulumi.Output<Witness | undefined>;
  /** The region of the account. A change replaces the registration. */
  declare readonly region: pulumi.Output<Region>;
  /** Header name → keyed fingerprint of its value: shows which header changed, never its value. */
  declare readonly headerFingerprints: pulumi.Output<Record<string, string>>;
  /** Keyed fingerprint of the whole registration. */
  declare readonly registrationFingerprint: pulumi.Output<string>;
  /** When VCC last acknowledged the registration: UTC, RFC 3339. `undefined` while it is only adopted. */
  declare readonly registeredAt: pulumi.Output<string | undefined>;
  /**
   * `"none"`, or why VCC may hold another registration. `"none"` is not proof, because VCC has no read endpoint.
   */
  declare readonly drift: pulumi.Output<string>;
  /**
   * The witness's report at the last refresh: `"verified"`, `"unverified"`, `"rotating"`, `"drifted"` or
   * `"contested"`, usually followed by `": "` and a reason. `undefined` without a witness, and before the first
   * refresh.
   */
  declare readonly evidence: pulumi.Output<string | undefined>;
  /** When the witness last saw VCC use this registration, by the witness's clock: UTC, RFC 3339. */
  declare readonly verifiedAt: pulumi.Output<string | undefined>;

  /** Returns true for a `VccProvider`, including those of another copy of this package. */
  static override isInstance(value: unknown): value is VccProvider {
    return pulumi.CustomResource.isInstance(value) && hasType(value, resourceType);
  }

  /**
   * @param name the name of the resource in Pulumi; renaming it keeps the registration
   * @param options `retainOnDelete` keeps the registration when the resource is deleted
   * @throws RunError if the options contain a Pulumi provider; use the argument `account` instead
   */
  constructor(name: string, args: VccProviderArgs, options?: pulumi.CustomResourceOptions) {
    requireName(name);
    requireSerializableRecord(`VccProvider "${name}": the arguments`, args);
    const {
      provider,
      endpoint,
      headers,
      agentActionsPermitted,
      reassertEvery,
      account,
      witness,
      ...unknownArguments
    } = args;
    requireDeclarable(name, unknownArguments, options);
    requireDefaultProvider(name, options);
    requireInstalled();
    warnOfSettings();
    const path = (argument: string) => `VccProvider "${name}": ${argument}`;
    const restoreFrames = readAllFrames();
    try {
      super(
        resourceType,
        name,
        {
          provider: serializable(path("provider"), provider),
          endpoint: serializable(path("endpoint"), endpoint),
          // `check` rejects null. Without it, a registration would lose its `Authorization`.
          headers: headers && pulumi.secret(serializableRecord(path("headers"), headers, null)),
          agentActionsPermitted: serializableRecord(
            path("agentActionsPermitted"),
            agentActionsPermitted,
          ),
          reassertEvery: serializable(path("reassertEvery"), reassertEvery),
          account: serializable(path("account"), account),
          witness: serializableOrRecord(path("witness"), witness),
          ...Object.fromEntries(outputNames.map((output) => [output, undefined])),
          ...asSecrets(unknownArguments),
          [declarationKey]: declarationOf(name, args, options?.ignoreChanges),
          __provider: providerCode,
        },
        {
          // `pulumi.mergeOptions` of SDK 3.218 to 3.244 drops `hooks.onError`.
          ...options,
          additionalSecretOutputs: [...secretNames, ...(options?.additionalSecretOutputs ?? [])],
        },
      );
    } finally {
      restoreFrames();
    }
    // A transformation may have added one.
    requireDefaultProvider(name, { parent: this });
  }

  /**
   * Declares a registration from a body of `POST /Register`, copied unchanged from the API's
   * documentation, a curl command or Postman.
   *
   * @param body the ProviderSettings, as an object (its values may be outputs) or as JSON text
   * @param options resource options, and the `account` and `witness` of `VccProviderArgs`
   * @throws RunError if the text is not a JSON object. The message does not quote it, because it contains header values.
   *
   * @example
   * import { VccProvider } from "pulumi-vcc";
   *
   * VccProvider.fromSettings("test", {
   *   provider: "TestProviderName",
   *   agentactionspermitted: { release: 1, hold: 1, transferToAgent: 1, transferToRoute: 1 },
   * });
   */
  static fromSettings(
    name: string,
    body: ProviderSettingsBody | string,
    options?: FromSettingsOptions,
  ): VccProvider {
    requireName(name);
    const { account, witness, ...resourceOptions } = options ?? {};
    const settings = typeof body === "string" ? parseSettings(name, body) : body;
    requireSerializableRecord(`VccProvider.fromSettings("${name}"): the body`, settings);
    if ("agentactionspermitted" in settings && "agentActionsPermitted" in settings) {
      throw runError(
        `VccProvider.fromSettings("${name}"): the body has agentactionspermitted in two spellings`,
      );
    }
    const misplaced = ["account", "witness"].find((argument) => argument in settings);
    if (misplaced !== undefined) {
      throw runError(
        `VccProvider.fromSettings("${name}"): the body has "${misplaced}", which is an option`,
      );
    }
    const { agentactionspermitted = {}, ...sameNames } = settings;
    // The body's type is wider than the arguments'. `check` rejects the difference.
    const args = { account, witness, agentActionsPermitted: agentactionspermitted, ...sameNames };
    return new VccProvider(name, args as VccProviderArgs, resourceOptions);
  }
}

function parseSettings(name: string, text: string): ProviderSettingsBody {
  let settings: unknown;
  try {
    settings = JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which contains header values.
    throw runError(`VccProvider.fromSettings("${name}"): the body is not valid JSON`);
  }
  if (typeof settings !== "object" || settings === null || Array.isArray(settings)) {
    throw runError(`VccProvider.fromSettings("${name}"): the body is not a JSON object`);
  }
  return settings as ProviderSettingsBody;
}

const reading =
  "reads an existing resource, but VCC has no read endpoint. Remove the option; pulumi up then registers, " +
  "and overwrites what VCC holds";
// A second process would not know which names the first one declares, so its deletes could reset them.
const choosingPlugin =
  "starts a provider process of its own, but one process must handle all registrations. Remove the option";

/** Unsupported resource options, each with the end of its error message. */
const refusedOptions = {
  id: reading,
  urn: reading,
  import: reading,
  version: choosingPlugin,
  pluginDownloadURL: choosingPlugin,
  envVarMappings: "is for provider resources only. Remove the option",
} satisfies Partial<Record<keyof pulumi.CustomResourceOptions, string>>;
type RefusedOption = keyof typeof refusedOptions;

/** Replaces the SDK's error, which has a stack trace. */
function requireName(name: unknown): void {
  if (typeof name === "string" && name !== "") return;
  throw runError("VccProvider: the name of the resource must be a text that is not empty");
}

/** Rejects arguments and options that never reach `check`. */
function requireDeclarable(
  name: string,
  unknownArguments: object,
  options?: pulumi.CustomResourceOptions,
) {
  const reserved = ["fingerprintKey", declarationKey, "__provider", "id", "urn"].find(
    (key) => key in unknownArguments,
  );
  if (reserved !== undefined) {
    throw runError(`VccProvider "${name}": unknown argument "${reserved}"`);
  }
  const refused = (Object.keys(refusedOptions) as RefusedOption[]).find(
    (option) => options?.[option] !== undefined,
  );
  if (refused !== undefined) {
    throw runError(`VccProvider "${name}": the option ${refused} ${refusedOptions[refused]}`);
  }
}

/** Rejects a Pulumi provider for dynamic resources, including one inherited from the parent. */
function requireDefaultProvider(name: string, options?: pulumi.ComponentResourceOptions): void {
  const { provider, providers, parent } = options ?? {};
  const isExplicit =
    isDynamic(provider) ||
    Object.entries(providers ?? []).some(
      ([key, value]) => key === dynamicPackage || isDynamic(value),
    );
  const inherited = pulumi.Resource.isInstance(parent) && parent.getProvider(resourceType);
  if (!isExplicit && !inherited) return;
  throw runError(
    `VccProvider "${name}": ${isExplicit ? "its options have" : "its parent has"} a provider of ${dynamicPackage}, ` +
      "for which Pulumi would start another process. Configure the account below vcc:accounts, and pass its " +
      "name as the argument account",
  );
}

/** The package of dynamic resources. */
const dynamicPackage = "pulumi-nodejs";

function isDynamic(provider: unknown): boolean {
  return hasType(provider, `pulumi:providers:${dynamicPackage}`);
}

/** Generated Pulumi classes check `__pulumiType` in the same way. The SDK does not declare it. */
function hasType(resource: unknown, type: string): boolean {
  return (resource as { __pulumiType?: unknown } | null | undefined)?.__pulumiType === type;
}

/** Marks unknown arguments as secret until `check` rejects them, because one may be a misspelled secret. */
function asSecrets(values: Record<string, unknown>): pulumi.Inputs {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, pulumi.secret(value)]),
  );
}
