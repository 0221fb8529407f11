import { isPlainObject } from "../../../provider/plain-object";
import { unknownValue } from "../../../provider/pulumi-values";
import { argumentNames } from "../../../provider/resource/properties";
import { resourceType } from "../../../provider/resource/provider-code";
import { noDrift } from "../../../provider/witness/witness";
import { type Deployment, type ResourceState, resourceName, timeOf } from "../../pulumi/state";
import { type AccountSources, accountOf } from "./accounts";
import type { Locate, SourceLocation } from "./source";

/** What the CLI prints instead of a value that is secret or not yet known. */
const masks = ["[secret]", unknownValue];

/** A registration as Pulumi knows it: from the program, and from the state. */
export interface InspectedRegistration {
  urn: string;
  /** The logical name in Pulumi. */
  resource: string;
  /** The registered name and its region. Missing if the program does not know them yet. */
  provider?: string | undefined;
  region?: string | undefined;
  /** The named account. Missing for the default account. */
  accountName?: string | undefined;
  /** Identifies the account. Missing if that is unknown. */
  account?: string | undefined;
  /** What `up` would do, in the engine's words. Missing if no step of the preview mentions it. */
  operation?: string | undefined;
  /** Whether the preview failed before it reached this one. */
  unreached?: boolean | undefined;
  /** The properties that differ; headers by name, never by value. */
  changed: string[];
  /** The properties whose differences `ignoreChanges` hides. */
  ignored: string[];
  /** The environment variables of headers that this run does not set. */
  unresolved?: string[] | undefined;
  /** Whether the state records it, but no registration of it (`pulumi-vcc adopt`). */
  adopted?: true | undefined;
  /** When VCC last acknowledged it: UTC, RFC 3339. */
  registeredAt?: string | undefined;
  /** The start of the calendar window of that acknowledgement, if it had one. */
  window?: string | undefined;
  /** The window that the last `up` recorded, if it had `reassertEvery`. */
  recordedWindow?: string | undefined;
  /** How long that window is. */
  recordedEvery?: string | undefined;
  /** The window of this check, if it has `reassertEvery`. */
  currentWindow?: string | undefined;
  /** Why VCC may hold something other than what the state records. */
  drift?: string | undefined;
  /** What its witness reports. Missing without a witness, or if it was not asked. */
  evidence?: string | undefined;
  /** When its witness last saw it in use, by the witness's clock. */
  verifiedAt?: string | undefined;
  /** The interrupted operation, in the engine's words. Its outcome is unknown. */
  interrupted?: string | undefined;
  /** Where the program declares it. Missing if that is unknown. */
  location?: SourceLocation | undefined;
}

/** A step of `pulumi preview --json`; only the fields read here. */
export interface Step {
  op: string;
  urn: string;
  oldState?: ResourceState;
  newState?: ResourceState;
  detailedDiff?: Record<string, unknown> | null;
  diffReasons?: string[];
}

export interface RegistrationSources extends AccountSources {
  locate: Locate;
  /** Whether the preview has asked witnesses. Otherwise the state has their earlier responses. */
  isRefreshed: boolean;
}

/** Whether a state has a registration with a witness, which only a refresh asks. */
export function hasWitness({ resources = [] }: Deployment): boolean {
  return resources.some(({ type, inputs }) => type === resourceType && Boolean(inputs?.witness));
}

/** Combines the steps of a preview, complete or not, with what only the state records. */
export function inspectRegistrations(
  steps: Step[],
  { resources = [], pending_operations: operations = [] }: Deployment,
  sources: RegistrationSources,
): InspectedRegistration[] {
  const stepsByUrn = new Map<string, Step>();
  for (const step of steps) {
    const type = (step.newState ?? step.oldState)?.type;
    if (type !== resourceType || step.op === "refresh") continue;
    // A replacement is several steps; "replace" is the one that names the changes.
    if (step.op === "replace" || !stepsByUrn.has(step.urn)) stepsByUrn.set(step.urn, step);
  }
  const fromState = (state: ResourceState) => ({
    ...commonFields(state, sources),
    changed: [],
    ignored: [],
  });
  const pending = operations.filter(({ resource }) => resource.type === resourceType);
  const interruptions = new Map(pending.map(({ type, resource }) => [resource.urn, type]));
  const registered = resources.filter(({ type }) => type === resourceType);
  const held = registered.filter((one) => !one.delete);
  const known = new Set([...stepsByUrn.keys(), ...held.map(({ urn }) => urn)]);
  return [
    ...[...stepsByUrn.values()].map((step) => ({
      ...fromStep(step, sources),
      interrupted: interruptions.get(step.urn),
    })),
    // Only the interrupted operation mentions these.
    ...pending
      .filter(({ resource }) => !known.has(resource.urn))
      .map(({ type, resource }) => ({ ...fromState(resource), interrupted: type })),
    // A complete preview has a step for each of these.
    ...held
      .filter(({ urn }) => !stepsByUrn.has(urn))
      .map((resource) => ({
        ...fromState(resource),
        unreached: true,
        interrupted: interruptions.get(resource.urn),
      })),
    // An update replaced these but could not delete them; no preview has a step for them.
    ...registered
      .filter((one) => one.delete)
      .map((resource) => ({ ...fromState(resource), operation: "delete" })),
  ];
}

function fromStep(
  { urn, op, detailedDiff, diffReasons, oldState, newState }: Step,
  sources: RegistrationSources,
): InspectedRegistration {
  const state = { urn, type: resourceType, ...(newState ?? oldState) };
  const outputs = oldState?.outputs ?? {};
  return {
    ...commonFields({ ...state, outputs }, sources),
    operation: op,
    changed: publicNames(detailedDiff ? Object.keys(detailedDiff) : (diffReasons ?? [])),
    adopted: (oldState !== undefined && outputs.registeredAt === undefined) || undefined,
    ignored: (newState?.ignoreChanges ?? []).filter(hidesDifferences).sort(),
    unresolved: variablesIn(newState?.inputs?.unresolved),
    window: visible(outputs.reassertWindow),
    recordedWindow: visible(oldState?.inputs?.reassertWindow),
    recordedEvery: visible(oldState?.inputs?.reassertEvery),
    currentWindow: visible(newState?.inputs?.reassertWindow),
    drift: outputs.drift === noDrift ? undefined : visible(outputs.drift),
    // A refresh that runs the program skips what the program does not declare.
    evidence: sources.isRefreshed && op !== "delete" ? visible(outputs.evidence) : undefined,
    verifiedAt: timeOf(outputs.verifiedAt),
    location: newState && sources.locate(newState),
  };
}

function hidesDifferences(path: string): boolean {
  const [root = ""] = path.split(/[.[]/);
  return (
    root === "*" || path.startsWith("[") || (argumentNames as readonly string[]).includes(root)
  );
}

function commonFields({ urn, inputs = {}, outputs = {} }: ResourceState, sources: AccountSources) {
  const accountName = visible(inputs.account);
  const isHidden = inputs.account !== undefined && accountName === undefined;
  return {
    urn,
    resource: resourceName(urn),
    provider: visible(inputs.provider),
    region: visible(inputs.region),
    accountName,
    account: isHidden ? undefined : accountOf(accountName, sources),
    registeredAt: timeOf(outputs.registeredAt),
  };
}

/** The headers are one secret value: their fingerprints show which of them changed. */
function publicNames(properties: string[]): string[] {
  const names = properties
    .filter((name) => !/^unresolved\b/.test(name))
    .map((name) => name.replace(/^headerFingerprints\b/, "headers"));
  const namesHeader = names.some((name) => /^headers[.[]/.test(name));
  return [...new Set(names.filter((name) => name !== "headers" || !namesHeader))].sort();
}

/** @param unresolved header → variable */
function variablesIn(unresolved: unknown): string[] | undefined {
  if (!isPlainObject(unresolved)) return undefined;
  const variables = Object.values(unresolved).flatMap((variable) => visible(variable) ?? []);
  return [...new Set(variables)].sort();
}

/** @returns undefined if a text is secret, not yet known or missing */
function visible(value: unknown): string | undefined {
  return typeof value === "string" && !masks.includes(value) ? value : undefined;
}
