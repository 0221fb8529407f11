import { z } from "zod";
import { problemOfReassertEvery } from "../contract/duration";
import { defaultPermissions, operations } from "../contract/permissions";
import { suggestion } from "../contract/suggestion";
import { containsUnknown } from "../contract/unknown";
import { RegisteredHeaders } from "./headers";
import { maxBodyBytes, type Registration, toProviderSettings } from "./provider-settings";
import { orUnknown, plainObject, text } from "./schema";

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

const Endpoint = text(
  "the URL",
  (url) =>
    !(/^https:\/\/[^/?#]/i.test(url) && URL.canParse(url)) &&
    "must be an absolute https URL, like https://crm.example.com/vcc",
  (url) =>
    /[\s\p{Cc}\\]/u.test(url) && "the URL contains whitespace, a control character or a backslash",
  (url) =>
    /^[a-z]+:\/\/[^/?#]*@/i.test(url) &&
    "the URL contains credentials: put them into an Authorization header",
  (url) => url.includes("#") && "the URL has a fragment, which HTTP never sends",
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

/** What a program declares: a registration, how often to register it again, and in which account. */
const DeclaredRegistration = z.strictObject({
  provider: orUnknown(ProviderName),
  endpoint: orUnknown(Endpoint).optional(),
  headers: orUnknown(RegisteredHeaders).optional(),
  agentActionsPermitted: orUnknown(AgentActionsPermitted),
  reassertEvery: orUnknown(text("the duration", problemOfReassertEvery)).optional(),
  account: orUnknown(text("the account", (name) => name === "" && "the name is empty")).optional(),
});
export type DeclaredRegistration = Registration & { reassertEvery?: string; account?: string };

/**
 * Returns the arguments with all permissions stated, or all of their problems, one sentence each.
 */
export function parseRegistration(
  args: Record<string, unknown>,
): { registration: DeclaredRegistration } | { problems: string[] } {
  const result = DeclaredRegistration.safeParse(args);
  const problems = [...(result.error?.issues.flatMap(problemsOf) ?? []), ...problemsOfSize(args)];
  if (!result.success || problems.length > 0) return { problems };
  return { registration: result.data as DeclaredRegistration };
}

/** Applies to invalid arguments too: the permissions have the same size in every body. */
function problemsOfSize({ provider, endpoint, headers }: Record<string, unknown>): string[] {
  if (containsUnknown([provider, endpoint, headers])) return [];
  const settings = toProviderSettings({
    provider,
    endpoint,
    headers: headers ?? {},
    agentActionsPermitted: defaultPermissions,
  } as Registration);
  const bytes = Buffer.byteLength(JSON.stringify(settings));
  if (bytes <= maxBodyBytes) return [];
  return [`the registration has ${bytes} bytes as JSON; VCC accepts at most ${maxBodyBytes}`];
}

function problemsOf(issue: z.core.$ZodIssue): string[] {
  const { path } = issue;
  if (issue.code !== "unrecognized_keys") {
    return [path.length === 0 ? issue.message : `${formatPath(path)}: ${issue.message}`];
  }
  const [noun, known] =
    path.length === 0
      ? ["unknown argument", Object.keys(DeclaredRegistration.shape)]
      : ["unknown operation", operations];
  return issue.keys.map(
    (key) => `${formatPath([...path, key])}: ${noun}; ${suggestion(key, known)}`,
  );
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
