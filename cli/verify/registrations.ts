import type { Configuration } from "../../provider/accounts/setting-sources";
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
import { toInspectionError } from "../pulumi/pulumi-error";
import { findStack, requireInspectable, type Stack } from "../pulumi/stack";
import { loadStackConfiguration } from "../pulumi/stack-configuration";
import { parseDeployment, resourceName, textOf, timeOf } from "../pulumi/state";
import { stackOptionOf, type Target } from "../pulumi/targets";
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
    Object.assign(found, { organization, project: projectName, stack: name });
    await requireInspectable(stack, project);
    const read = source === "declared" ? readDeclared : readRegistered;
    const [resources, configuration] = await Promise.all([
      read(pulumi, project, stack),
      loadStackConfiguration(reference, pulumi, directory),
    ]);
    const registrations = resources.map((one) => toRegistration(one, environment));
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
  const args = ["stack", "export", "--show-secrets", "--stack", reference];
  const result = await pulumi(args, directory);
  const deployment = parseDeployment(result.stdout);
  if (result.failed) throw toInspectionError(result);
  if (deployment === undefined) {
    throw new InspectionError(
      "pulumi returned no valid state",
      "run `pulumi stack export` to see what it prints",
    );
  }
  return (deployment.resources ?? [])
    .filter((one) => one.type === resourceType && !one.delete)
    .map(({ urn, inputs = {}, outputs = {} }) => ({ urn, properties: { ...inputs, ...outputs } }));
}

function toRegistration(
  { urn, properties }: Resource,
  environment: NodeJS.ProcessEnv,
): Registration {
  const plain = plainOf(properties) as Record<string, unknown>;
  const provider = textOf(plain.provider);
  const registration: Registration = {
    urn,
    resource: resourceName(urn),
    provider,
    region: textOf(plain.region),
    account: textOf(plain.account),
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
  const witnessed = witnessedOf(plain);
  return {
    ...registration,
    witnessed,
    endpoint: {
      url,
      isSecret: containsSecret(properties.endpoint),
      headers: {
        ...headers,
        ...(hasWitness(plain) && {
          [registrationHeader]: witnessed?.registrationFingerprint ?? noFingerprint,
        }),
      },
      secretHeaders: secretHeaders(headers, references),
    },
  };
}

/** The fingerprint of a registration that is not registered yet is unknown. No other one has this. */
const noFingerprint = "000000000000";

/**
 * The values of headers, as VCC gets them, and the names of those that are references.
 *
 * @param stored may have been edited
 */
function headersOf(
  stored: unknown,
  environment: NodeJS.ProcessEnv,
): { headers: HeaderValues; references: string[]; problem?: string } {
  const entries = isPlainObject(stored) ? Object.entries(stored) : [];
  const declared = Object.fromEntries(entries) as Record<string, HeaderValue>;
  const references = entries.filter(([, value]) => isSecret(value)).map(([name]) => name);
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
function witnessedOf(plain: Record<string, unknown>): WitnessedRegistration | undefined {
  const provider = textOf(plain.provider);
  const endpoint = textOf(plain.endpoint);
  const registrationFingerprint = textOf(plain.registrationFingerprint);
  const formerFingerprint = textOf(plain.formerFingerprint);
  const registeredAt = timeOf(plain.registeredAt);
  if (!hasWitness(plain) || !provider || !endpoint || !registrationFingerprint) return undefined;
  return {
    provider,
    endpoint,
    witness: plain.witness as Witness,
    registrationFingerprint,
    ...(formerFingerprint !== undefined && { formerFingerprint }),
    ...(registeredAt !== undefined && { registeredAt }),
  };
}

function visible(text: string | undefined): string | undefined {
  return containsUnknown(text) ? undefined : text;
}
