import type { Configuration } from "../../provider/accounts/setting-sources";
import { headerFingerprints } from "../../provider/lifecycle/fingerprint";
import { isPlainObject } from "../../provider/plain-object";
import { containsUnknown } from "../../provider/pulumi-values";
import { resourceType } from "../../provider/resource/provider-code";
import { resolveHeaders } from "../../provider/secrets/resolve";
import { type HeaderValue, isSecret } from "../../provider/secrets/secret";
import { registrationHeader, type Witness } from "../../provider/witness/witness";
import { describeUnexpected, InspectionError } from "../errors";
import { containsSecret, loadDeclared, plainOf } from "../pulumi/declared";
import { findProject, type Project } from "../pulumi/project";
import type { Pulumi } from "../pulumi/pulumi";
import { findStack, requireInspectable, type Stack } from "../pulumi/stack";
import { loadStackConfiguration } from "../pulumi/stack-configuration";
import { resourceName, textOf, timeOf } from "../pulumi/state";
import { exportState, stackOptionOf, type Target } from "../pulumi/targets";
import type { Endpoint } from "./rehearsal";
import { type HeaderValues, secretHeaders } from "./rehearsal-headers";

/** Which values to check: those of the last registration, or those that the program declares now. */
export type Source = "registered" | "declared";

/** The registrations of a stack, or why they are unknown. */
export interface StackRegistrations {
  /** Missing if unknown: the reading failed before, or the backend has none. */
  organization?: string | undefined;
  project?: string | undefined;
  stack?: string | undefined;
  /** The name that `--stack` understands in any directory. */
  reference?: string | undefined;
  /** The directory of the project. As passed by the caller, if there is none. */
  directory: string;
  /** One line that names the next step. */
  error?: string | undefined;
  registrations: Registration[];
  /** Of the stack, with its secrets. */
  configuration: Configuration;
}

/** A registration. Its header values are secrets, which no report contains. */
export interface Registration {
  urn: string;
  /** The logical name in Pulumi. */
  resource: string;
  /** The registered name. Missing if it is not known yet. */
  provider?: string | undefined;
  region?: string | undefined;
  /** The named account. Missing for the default account. */
  account?: string | undefined;
  /** Missing if nothing can be sent, or if there is no endpoint. */
  endpoint?: Endpoint | undefined;
  /** Why nothing can be sent, although there is an endpoint. */
  problem?: string | undefined;
  /** Missing without a witness. */
  witnessed?: WitnessedRegistration | undefined;
}

/** What identifies a registration to its witness. */
export interface WitnessedRegistration {
  provider: string;
  endpoint: string;
  /** Whether no message may show its host. */
  isSecret: boolean;
  witness: Witness;
  registrationFingerprint: string;
  formerFingerprint?: string;
  registeredAt?: string;
}

/**
 * Reads the registrations of a stack with their secrets. A failure is part of the result.
 *
 * @param environment has the variables that headers refer to
 */
export async function readRegistrations(
  target: Target,
  source: Source,
  pulumi: Pulumi,
  environment: NodeJS.ProcessEnv,
): Promise<StackRegistrations> {
  const found: StackRegistrations = {
    directory: target.directory,
    stack: target.stack,
    registrations: [],
    configuration: () => undefined,
  };
  try {
    if (target.error !== undefined) throw target.error;
    const project = findProject(target.directory);
    const { directory } = project;
    Object.assign(found, { directory, project: project.name });
    const stack = await findStack(pulumi, project, stackOptionOf(target));
    const { organization, project: projectName, name, reference } = stack;
    Object.assign(found, { organization, project: projectName, stack: name, reference });
    await requireInspectable(stack, project);
    const read = source === "declared" ? readDeclared : readRegistered;
    const [resources, configuration] = await Promise.all([
      read(pulumi, project, stack),
      loadStackConfiguration(reference, pulumi, directory),
    ]);
    const registrations = resources.map((one) => toRegistration(one, source, environment));
    return { ...found, registrations, configuration };
  } catch (error) {
    const message = error instanceof InspectionError ? error.message : describeUnexpected(error);
    return { ...found, error: message };
  }
}

interface Resource {
  urn: string;
  /** Secrets are as `plainOf` reads them. */
  properties: Record<string, unknown>;
}

async function readDeclared(pulumi: Pulumi, project: Project, stack: Stack): Promise<Resource[]> {
  const resources = await loadDeclared(pulumi, project, stack);
  return resources
    .filter(({ type }) => type === resourceType)
    .map(({ urn, inputs }) => ({ urn, properties: inputs }));
}

/** What VCC last acknowledged is in the outputs. */
async function readRegistered(
  pulumi: Pulumi,
  { directory }: Project,
  { reference }: Stack,
): Promise<Resource[]> {
  const target = { directory, stack: reference };
  const { resources = [] } = await exportState(target, pulumi, ["--show-secrets"]);
  return resources
    .filter((one) => one.type === resourceType && !one.delete)
    .map(({ urn, inputs = {}, outputs = {} }) => ({ urn, properties: { ...inputs, ...outputs } }));
}

function toRegistration(
  { urn, properties }: Resource,
  source: Source,
  environment: NodeJS.ProcessEnv,
): Registration {
  const plain = plainOf(properties) as Record<string, unknown>;
  const provider = textOf(plain.provider);
  const witnessed = witnessedOf(
    plain,
    [properties.endpoint, properties.witness].some(containsSecret),
  );
  const registration: Registration = {
    urn,
    resource: resourceName(urn),
    provider,
    region: textOf(plain.region),
    account: textOf(plain.account),
    witnessed,
  };
  const url = textOf(plain.endpoint);
  if (plain.endpoint === undefined) return registration;
  if (containsUnknown([provider, url, plain.headers])) {
    const problem = "its endpoint or a header is not known before pulumi up";
    return { ...registration, provider: visible(provider), problem };
  }
  if (url === undefined || !URL.canParse(url)) {
    return { ...registration, problem: "its endpoint is not a URL; run pulumi up" };
  }
  const { headers, references, problem } = headersOf(plain.headers, environment);
  if (problem !== undefined) return { ...registration, problem };
  if (source === "registered") {
    const changed = references.find(([name]) => differs(plain, name, headers));
    if (changed !== undefined) {
      const [, variable] = changed;
      const problem = `the environment variable ${variable} differs from the value that was registered; run pulumi up, or use --declared`;
      return { ...registration, problem };
    }
  }
  return {
    ...registration,
    endpoint: {
      url,
      isSecret: containsSecret(properties.endpoint),
      headers: {
        ...headers,
        ...(hasWitness(plain) && {
          [registrationHeader]: witnessed?.registrationFingerprint ?? noFingerprint,
        }),
      },
      secretHeaders: secretHeaders(
        headers,
        references.map(([name]) => name),
      ),
    },
  };
}

/** Whether a header differs from the registered one. `false` if the state does not say. */
function differs(
  { headerFingerprints: stored, fingerprintKey }: Record<string, unknown>,
  name: string,
  headers: HeaderValues,
): boolean {
  const key = textOf(fingerprintKey);
  const registered = isPlainObject(stored) ? textOf(stored[name]) : undefined;
  if (key === undefined || registered === undefined) return false;
  return headerFingerprints({ ...headers }, key)[name] !== registered;
}

/** The fingerprint of a registration that is not registered yet is unknown. No other one has this. */
const noFingerprint = "000000000000";

/**
 * The values of headers, as VCC gets them, and those that are references, with their variables.
 *
 * @param stored may have been edited
 */
function headersOf(
  stored: unknown,
  environment: NodeJS.ProcessEnv,
): {
  headers: HeaderValues;
  references: Array<[name: string, variable: string]>;
  problem?: string;
} {
  const entries = isPlainObject(stored) ? Object.entries(stored) : [];
  const declared = Object.fromEntries(entries) as Record<string, HeaderValue>;
  const references = entries.flatMap(
    ([name, value]): Array<[string, string]> => (isSecret(value) ? [[name, value.name]] : []),
  );
  const { values: headers, unresolved } = resolveHeaders(declared, environment);
  const [missing] = Object.entries(unresolved);
  if (missing !== undefined) {
    const [name, variable] = missing;
    const problem = `its header ${name} needs the environment variable ${variable}; set it`;
    return { headers: {}, references, problem };
  }
  const invalid = Object.keys(headers).find((name) => !canBeSent(name, headers[name]));
  if (invalid === undefined) return { headers, references };
  const problem = `the value of its header ${invalid} cannot be sent; correct it, as pulumi preview says`;
  return { headers: {}, references, problem };
}

function canBeSent(name: string, value: unknown): boolean {
  try {
    return typeof value === "string" && new Headers([[name, value]]).get(name) === value;
  } catch {
    return false;
  }
}

function hasWitness({ witness = false }: Record<string, unknown>): boolean {
  return witness !== false && witness !== null;
}

/** `undefined` without a witness, or if VCC has not acknowledged it. */
function witnessedOf(
  plain: Record<string, unknown>,
  isSecret: boolean,
): WitnessedRegistration | undefined {
  const provider = textOf(plain.provider);
  const endpoint = textOf(plain.endpoint);
  const registrationFingerprint = textOf(plain.registrationFingerprint);
  const formerFingerprint = textOf(plain.formerFingerprint);
  const registeredAt = timeOf(plain.registeredAt);
  if (!hasWitness(plain) || !provider || !endpoint || !registrationFingerprint) return undefined;
  return {
    provider,
    endpoint,
    isSecret,
    witness: plain.witness as Witness,
    registrationFingerprint,
    ...(formerFingerprint !== undefined && { formerFingerprint }),
    ...(registeredAt !== undefined && { registeredAt }),
  };
}

function visible(text: string | undefined): string | undefined {
  return containsUnknown(text) ? undefined : text;
}
