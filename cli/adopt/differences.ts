import type { RegistrationInputs } from "../../provider/lifecycle/state";
import { defaultPermissions, nameKey, operations } from "../../provider/vcc/provider-settings";
import type { Body } from "../bodies/bodies";
import { partsOf, replaceVariables } from "../bodies/variables";
import { InputError } from "../errors";
import type { AdoptableRegistration } from "./registrations";

/** How declarations differ from what is live. */
export interface Comparison {
  /** A line for each declaration that differs. Contains no header value and no endpoint. */
  differences: string[];
  /** The live registrations that no compared declaration names. */
  others: string[];
}

/** Compares declarations with the bodies that VCC has accepted, by the registered name. */
export function compareWithLive(
  registrations: readonly AdoptableRegistration[],
  live: readonly Body[],
): Comparison {
  const names = registrations.map(({ inputs }) => inputs.provider);
  return {
    differences: registrations.flatMap((registration) => {
      const { resource, inputs } = registration;
      const named = live.filter(({ provider }) => provider === inputs.provider);
      const body = named.find(({ region = inputs.region }) => region === inputs.region);
      const found =
        body === undefined ? [absenceOf(inputs, named, live)] : differencesFrom(body, registration);
      if (found.length === 0) return [];
      return [`${JSON.stringify(inputs.provider)} (${resource.name}): ${found.join(", ")}`];
    }),
    others: live.map(({ provider }) => provider).filter((name) => !names.includes(name)),
  };
}

/** Why there is no body for a declaration. */
function absenceOf(
  { provider, region }: RegistrationInputs,
  [elsewhere]: readonly Body[],
  live: readonly Body[],
): string {
  if (elsewhere !== undefined) {
    return `the request is for ${elsewhere.region}, and the registration in ${region}`;
  }
  const isSimilar = (one: Body) => nameKey("", one.provider) === nameKey("", provider);
  return live.some(isSimilar)
    ? "it contains this name in another case or Unicode normalization only"
    : "it contains no such provider";
}

function differencesFrom(live: Body, { inputs, headers }: AdoptableRegistration): string[] {
  const { endpoint, agentActionsPermitted: permissions } = inputs;
  const livePermissions: Record<string, boolean> = { ...defaultPermissions, ...live.permissions };
  const describe = (permitted: boolean | undefined) => (permitted ? "permitted" : "not permitted");
  return [
    ...differenceOf("endpoint", endpoint, live.endpoint),
    ...[...new Set([...Object.keys(headers), ...Object.keys(live.headers)])].flatMap((name) =>
      differenceOf(`headers[${JSON.stringify(name)}]`, headers[name], live.headers[name]),
    ),
    ...operations
      .filter((operation) => permissions[operation] !== livePermissions[operation])
      .map(
        (operation) =>
          `${operation} is declared as ${describe(permissions[operation])}, and live as ${describe(livePermissions[operation])}`,
      ),
  ];
}

function differenceOf(what: string, declared: string | undefined, live: string | undefined) {
  if (declared === live) return [];
  if (live === undefined) return [`${what} is declared, but not live`];
  return [declared === undefined ? `${what} is live, but not declared` : `${what} differs`];
}

/**
 * Replaces the variables of bodies with their values.
 *
 * @throws InputError that names the variables that are missing
 */
export function withVariables(
  bodies: readonly Body[],
  environment: Readonly<Record<string, string | undefined>>,
): Body[] {
  const texts = bodies.flatMap(({ endpoint = "", headers }) => [
    endpoint,
    ...Object.values(headers),
  ]);
  const names = texts
    .flatMap(partsOf)
    .flatMap((part) => (typeof part === "string" ? [] : part.variable));
  const missing = [...new Set(names)].filter((name) => !environment[name]);
  if (missing.length > 0) {
    throw new InputError(`export ${missing.join(" and ")} with the values of the requests`);
  }
  const resolve = (text: string) => replaceVariables(text, (name) => environment[name] ?? "");
  return bodies.map(({ endpoint, headers, ...body }) => ({
    ...body,
    ...(endpoint !== undefined && { endpoint: resolve(endpoint) }),
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, resolve(value)]),
    ),
  }));
}
