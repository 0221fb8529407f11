import { z } from "zod";
import { problemOfReassertEvery } from "../contract/duration";
import { defaultPermissions, operations } from "../contract/permissions";
import { suggestion } from "../contract/suggestion";
import { containsUnknown } from "../contract/unknown";
import type { Witness } from "../contract/witness";
import { RegisteredHeaders } from "./headers";
import { maxBodyBytes, type Registration, toProviderSettings } from "./provider-settings";
import { orUnknown, plainObject, text } from "./schema";
import { Endpoint } from "./url";
import { hasWitness, identified, problemsOfWitness, WitnessArgument } from "./witness";

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

const Permission = orUnknown(
  z
    .union([z.boolean(), z.literal([0, 1])], { error: "must be true, false, 0 or 1" })
    .transform(Boolean),
).optional();

const AgentActionsPermitted = plainObject(({ input }) =>
  input === undefined
    ? "is required; {} permits release only"
    : "must be an object of operations and booleans",
)
  .pipe(z.strictObject(Object.fromEntries(operations.map((operation) => [operation, Permission]))))
  .transform((permitted) => ({ ...defaultPermissions, ...permitted }));

/** What a program declares: a registration, and what else applies to it. */
const DeclaredRegistration = z.strictObject({
  provider: orUnknown(ProviderName),
  endpoint: orUnknown(Endpoint).optional(),
  headers: orUnknown(RegisteredHeaders).optional(),
  agentActionsPermitted: orUnknown(AgentActionsPermitted),
  reassertEvery: orUnknown(text("the duration", problemOfReassertEvery)).optional(),
  account: orUnknown(text("the account", (name) => name === "" && "the name is empty")).optional(),
  witness: orUnknown(WitnessArgument).optional(),
});
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
  const result = DeclaredRegistration.safeParse(args);
  const problems = [
    ...(result.error?.issues.flatMap(problemsOf) ?? []),
    ...problemsOfWitness(args),
    ...problemsOfSize(args),
  ];
  if (!result.success || problems.length > 0) return { problems };
  return { registration: result.data as DeclaredRegistration };
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

function problemsOf(issue: z.core.$ZodIssue): string[] {
  const { path } = issue;
  if (issue.code !== "unrecognized_keys") {
    return [path.length === 0 ? issue.message : `${formatPath(path)}: ${issue.message}`];
  }
  const [noun, known] = namesAt(path[0]);
  return issue.keys.map(
    (key) => `${formatPath([...path, key])}: ${noun}; ${suggestion(key, known)}`,
  );
}

/** What the names in an object are, and which are known. */
function namesAt(argument: PropertyKey | undefined): [string, readonly string[]] {
  if (argument === undefined) return ["unknown argument", Object.keys(DeclaredRegistration.shape)];
  return argument === "witness"
    ? ["unknown option", ["url", "required"]]
    : ["unknown operation", operations];
}

/** `["headers", "X-A"]` → `headers["X-A"]`, as a program writes it. */
function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((key, depth) => {
      if (typeof key === "string" && /^\w+$/.test(key)) return depth === 0 ? key : `.${key}`;
      return `[${JSON.stringify(key)}]`;
    })
    .join("");
}
