import { createAccounts } from "../../provider/accounts/accounts";
import { loadCredentials } from "../../provider/accounts/credentials";
import type { Configuration, Environment } from "../../provider/accounts/setting-sources";
import { createLifecycle } from "../../provider/lifecycle/lifecycle";
import type { RegistrationInputs } from "../../provider/lifecycle/state";
import { unknownPaths } from "../../provider/pulumi-values";
import { argumentNames, declarationKey, secretNames } from "../../provider/resource/properties";
import { resourceType } from "../../provider/resource/provider-code";
import { resolveHeaders } from "../../provider/secrets/resolve";
import { createClock } from "../../provider/vcc/clock";
import { InputError } from "../errors";
import { containsSecret, type DeclaredResource, plainOf } from "../pulumi/declared";
import { settingsOf } from "../pulumi/stack-configuration";
import { ancestorsOf } from "../pulumi/state";

/** A registration that the program declares, and that the stack has never registered. */
export interface AdoptableRegistration {
  resource: DeclaredResource;
  /** The result of `check` in an `up`. */
  inputs: RegistrationInputs;
  /** Header name → the value that VCC gets. */
  headers: Record<string, string>;
  /** The names of the inputs that are secret. */
  secret: readonly string[];
}

/** What the provider process completes a declaration with. */
export interface CompletionSources {
  /** Of the stack. */
  configuration: Configuration;
  environment: Environment;
  /** Milliseconds since the epoch. */
  now(): number;
}

/**
 * Completes the declarations that a stack has never registered, with the code that the provider process runs in an
 * `up`. A preview cannot: it does not know the key of the fingerprints.
 *
 * @throws InputError with a line for each reason why a registration cannot be adopted
 * @throws ConfigurationError if an account has no credentials: the next `up` would register again, because the state
 *   would not say whose client registered
 */
export async function findAdoptable(
  declared: readonly DeclaredResource[],
  { configuration, environment, now }: CompletionSources,
): Promise<AdoptableRegistration[]> {
  const log = (line: string) => console.error(`warning: ${line}`);
  const accounts = createAccounts(environment, { clock: createClock({ log }), log });
  accounts.configure(configuration);
  const { check } = createLifecycle({ accounts, environment, log, now });
  const problems: string[] = [];
  const adoptable: AdoptableRegistration[] = [];
  const isNew = ({ type, operation }: DeclaredResource) =>
    type === resourceType && operation === "create";
  for (const [number, resource] of declared.filter(isNew).entries()) {
    const report = (found: string[]) =>
      problems.push(...found.map((problem) => `${JSON.stringify(resource.name)}: ${problem}`));
    const { args, secret } = argumentsOf(resource);
    const obstacles = obstaclesTo(resource, declared, args);
    report(obstacles);
    if (obstacles.length > 0) continue;
    loadCredentials(settingsOf(args.account, configuration, environment));
    const news = { ...args, [declarationKey]: { resource: resource.name, number, secret } };
    const { inputs, failures = [] } = await check({} as RegistrationInputs, news);
    report(failures.map(({ reason }) => reason));
    if (inputs === undefined) continue;
    report(differencesFromPreview(resource, inputs));
    const { values: headers } = resolveHeaders(inputs.headers ?? {}, environment);
    adoptable.push({ resource, inputs, headers, secret: [...secretNames, ...secret] });
  }
  if (problems.length > 0) throw new InputError(problems.join("\n"));
  return adoptable;
}

/** What the program declares, without what `check` has added in the preview. */
function argumentsOf({ inputs }: DeclaredResource) {
  const entries = Object.entries(inputs).filter(([name]) =>
    (argumentNames as readonly string[]).includes(name),
  );
  const secret = entries.filter(([, value]) => containsSecret(value)).map(([name]) => name);
  return { args: plainOf(Object.fromEntries(entries)) as RegistrationInputs, secret };
}

function obstaclesTo(
  resource: DeclaredResource,
  declared: readonly DeclaredResource[],
  args: object,
): string[] {
  const { interrupted } = resource;
  const parent = ancestorsOf(resource, declared).find(
    ({ custom, type, operation }) => custom && type !== resourceType && operation === "create",
  );
  return [
    ...(interrupted === undefined
      ? []
      : [`an update was interrupted while ${interrupted} it: run pulumi up, which registers it`]),
    ...(parent === undefined
      ? []
      : [`its parent ${parent.urn} does not exist yet: create it with pulumi up --target`]),
    ...unknownPaths(args).map(
      (path) => `${path} is unknown: create what it depends on with pulumi up --target`,
    ),
  ];
}

/** The provider process also has the environment variables of ESC environments, which this process may not have. */
function differencesFromPreview(
  { inputs: previewed }: DeclaredResource,
  inputs: RegistrationInputs,
): string[] {
  const factsOf = (values: object & { region?: unknown }) => [
    `the region ${values.region}`,
    "accountFingerprint" in values ? "an API client" : "no API client",
  ];
  const ours = factsOf(inputs);
  return factsOf(previewed).flatMap((theirs, index) =>
    theirs === ours[index]
      ? []
      : [
          `pulumi preview has ${theirs}, but this command has ${ours[index]}: set the same variables for both. Those of ` +
            "an ESC environment are set in: pulumi env run <environment> -- npx pulumi-vcc adopt",
        ],
  );
}
