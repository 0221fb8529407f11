import * as z from "zod/mini";
import { problemOfReassertEvery } from "../duration";
import { isPlainObject } from "../plain-object";
import { containsUnknown } from "../pulumi-values";
import { Endpoint, orUnknown, strictEntries, text } from "../schema";
import { type Environment, type ResolvedHeaders, resolveHeaders } from "../secrets/resolve";
import { type HeaderValue, isSecret } from "../secrets/secret";
import {
  defaultPermissions,
  maxBodyBytes,
  operations,
  type Registration,
  toProviderSettings,
} from "../vcc/provider-settings";
import { hasWitness, identified, problemsOfWitness, WitnessArgument } from "../witness/argument";
import type { Witness } from "../witness/witness";
import { problemsOfSecrets, RegisteredHeaders } from "./headers";

// Parses the arguments of a VccProvider as they arrive in `check`: plain values, some of them
// unknown in a preview. It states all four permissions as booleans and changes nothing else, since
// `ignoreChanges` addresses what the user wrote. Messages contain neither header values nor the
// endpoint.

const ProviderName = text(
  "the name",
  (name) => name === "" && "the name is empty",
  (name) => name.trim() !== name && "the name begins or ends with whitespace",
  (name) => /\p{Cc}/u.test(name) && "the name contains a control character",
);

const Permission = z.optional(
  orUnknown(
    z.pipe(
      z.union([z.boolean(), z.literal([0, 1])], "must be true, false, 0 or 1"),
      z.transform((permitted: boolean | 0 | 1) => Boolean(permitted)),
    ),
  ),
);

const AgentActionsPermitted = z.pipe(
  strictEntries(
    "unknown operation",
    Object.fromEntries(operations.map((operation) => [operation, Permission])),
    (value) =>
      value === undefined
        ? "is required; {} permits release only"
        : "must be an object of operations and booleans",
  ),
  z.transform((permitted) => ({ ...defaultPermissions, ...permitted })),
);

const ReassertEvery = text("the duration", problemOfReassertEvery);
const AccountName = text("the account", (name) => name === "" && "the name is empty");

/** What a program declares: a registration, and what else applies to it. */
const DeclaredRegistration = strictEntries(
  "unknown argument",
  {
    provider: orUnknown(ProviderName),
    endpoint: z.optional(orUnknown(Endpoint)),
    headers: z.optional(orUnknown(RegisteredHeaders)),
    agentActionsPermitted: orUnknown(AgentActionsPermitted),
    reassertEvery: z.optional(orUnknown(ReassertEvery)),
    account: z.optional(orUnknown(AccountName)),
    witness: z.optional(orUnknown(WitnessArgument)),
  },
  () => "the arguments must be an object",
);
export type DeclaredRegistration = Omit<Registration, "headers"> & {
  headers?: Record<string, HeaderValue>;
  reassertEvery?: string;
  account?: string;
  witness?: Witness;
};

/**
 * Returns the arguments with all permissions stated, or all of their problems, one sentence each.
 *
 * @param environment what secrets resolve to. @default nothing
 */
export function parseRegistration(
  args: Record<string, unknown>,
  environment: Environment = {},
): { registration: DeclaredRegistration; resolved: ResolvedHeaders } | { problems: string[] } {
  const { data, error } = z.safeParse(DeclaredRegistration, args);
  // Anything else is unknown, or a problem already.
  const entries = Object.entries(isPlainObject(args.headers) ? args.headers : {}).filter(
    ([, value]) => error === undefined || !isSecret(value),
  );
  const headers = Object.fromEntries(entries) as Record<string, HeaderValue>;
  const resolved = resolveHeaders(headers, environment);
  const problems = [
    ...(error?.issues ?? []).map(describe),
    ...problemsOfSecrets(headers, resolved),
    ...problemsOfWitness(args),
    ...problemsOfSize(args, resolved),
  ];
  if (problems.length > 0) return { problems };
  return { registration: data as DeclaredRegistration, resolved };
}

/** Applies to invalid arguments too: the permissions have the same size in every body. */
function problemsOfSize(
  { provider, endpoint, headers, witness }: Record<string, unknown>,
  { values }: ResolvedHeaders,
): string[] {
  if (containsUnknown([provider, endpoint, headers])) return [];
  const settings = toProviderSettings({
    provider,
    endpoint,
    headers: values,
    agentActionsPermitted: defaultPermissions,
  } as Registration);
  const sent = hasWitness({ witness: witness as Witness | undefined })
    ? identified(settings, "0123456789ab")
    : settings;
  const bytes = Buffer.byteLength(JSON.stringify(sent));
  if (bytes <= maxBodyBytes) return [];
  return [`the registration has ${bytes} bytes as JSON; VCC accepts at most ${maxBodyBytes}`];
}

function describe({ path, message }: z.core.$ZodIssue): string {
  return path.length === 0 ? message : `${formatPath(path)}: ${message}`;
}

/** `headers["X-A"]`, as a program writes it. */
function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((key, depth) => {
      if (typeof key === "string" && /^\w+$/.test(key)) return depth === 0 ? key : `.${key}`;
      return `[${JSON.stringify(key)}]`;
    })
    .join("");
}
