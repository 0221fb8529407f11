import * as v from "valibot";
import { problemOfReassertEvery } from "../duration";
import { containsUnknown } from "../pulumi-values";
import { Endpoint, orUnknown, strictEntries, text } from "../schema";
import {
  defaultPermissions,
  maxBodyBytes,
  operations,
  type Registration,
  toProviderSettings,
} from "../vcc/provider-settings";
import { hasWitness, identified, problemsOfWitness, WitnessArgument } from "../witness/argument";
import type { Witness } from "../witness/witness";
import { RegisteredHeaders } from "./headers";

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

const Permission = v.optional(
  orUnknown(
    v.pipe(
      v.union([v.boolean(), v.picklist([0, 1])], "must be true, false, 0 or 1"),
      v.transform((permitted) => Boolean(permitted)),
    ),
  ),
);

const AgentActionsPermitted = v.pipe(
  strictEntries(
    "unknown operation",
    Object.fromEntries(operations.map((operation) => [operation, Permission])),
    ({ input }) =>
      input === undefined
        ? "is required; {} permits release only"
        : "must be an object of operations and booleans",
  ),
  v.transform((permitted) => ({ ...defaultPermissions, ...permitted })),
);

const ReassertEvery = text("the duration", problemOfReassertEvery);
const AccountName = text("the account", (name) => name === "" && "the name is empty");

/** What a program declares: a registration, and what else applies to it. */
const DeclaredRegistration = strictEntries(
  "unknown argument",
  {
    provider: orUnknown(ProviderName),
    endpoint: v.optional(orUnknown(Endpoint)),
    headers: v.optional(orUnknown(RegisteredHeaders)),
    agentActionsPermitted: orUnknown(AgentActionsPermitted),
    reassertEvery: v.optional(orUnknown(ReassertEvery)),
    account: v.optional(orUnknown(AccountName)),
    witness: v.optional(orUnknown(WitnessArgument)),
  },
  "the arguments must be an object",
);
export type DeclaredRegistration = Registration & {
  reassertEvery?: string;
  account?: string;
  witness?: Witness;
};

/**
 * Returns the arguments with all permissions stated, or all of their problems, one sentence each.
 */
export function parseRegistration(
  args: Record<string, unknown>,
): { registration: DeclaredRegistration } | { problems: string[] } {
  const result = v.safeParse(DeclaredRegistration, args);
  const problems = [
    ...(result.issues ?? []).map(problemOf),
    ...problemsOfWitness(args),
    ...problemsOfSize(args),
  ];
  if (!result.success || problems.length > 0) return { problems };
  return { registration: result.output as DeclaredRegistration };
}

/** Applies to invalid arguments too: the permissions have the same size in every body. */
function problemsOfSize({
  provider,
  endpoint,
  headers,
  witness,
}: Record<string, unknown>): string[] {
  if (containsUnknown([provider, endpoint, headers])) return [];
  const settings = toProviderSettings({
    provider,
    endpoint,
    headers: headers ?? {},
    agentActionsPermitted: defaultPermissions,
  } as Registration);
  const sent = hasWitness({ witness: witness as Witness | undefined })
    ? identified(settings, "0123456789ab")
    : settings;
  const bytes = Buffer.byteLength(JSON.stringify(sent));
  if (bytes <= maxBodyBytes) return [];
  return [`the registration has ${bytes} bytes as JSON; VCC accepts at most ${maxBodyBytes}`];
}

function problemOf({ path, message }: v.BaseIssue<unknown>): string {
  return path === undefined ? message : `${formatPath(path)}: ${message}`;
}

/** `headers["X-A"]`, as a program writes it. */
function formatPath(path: readonly v.IssuePathItem[]): string {
  return path
    .map(({ key }, depth) => {
      if (typeof key === "string" && /^\w+$/.test(key)) return depth === 0 ? key : `.${key}`;
      return `[${JSON.stringify(key)}]`;
    })
    .join("");
}
