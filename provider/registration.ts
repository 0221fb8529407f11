import { z } from "zod";
import { Headers } from "./headers";
import { formatPath, suggestion } from "./problems";
import { problemOfReassertEvery } from "./reassert-window";
import { orUnknown, text } from "./schema";
import {
  defaultPermissions,
  maxBodyBytes,
  type Operation,
  operations,
  type Registration,
  toSettings,
} from "./settings";
import { holdsUnknown } from "./unknown";

// What a program may ask to register, as it arrives in `check`: plain values, some of them unknown in
// a preview. Parsing states all four permissions as booleans and changes nothing else, since
// `ignoreChanges` addresses what the user wrote. No message shows a header value or the endpoint.

const ProviderName = text(
  "the name",
  (name) => name === "" && "the name is empty",
  (name) => name.trim() !== name && "the name has blanks around it",
  (name) => /\p{Cc}/u.test(name) && "the name holds a control character",
);

const Endpoint = text(
  "the URL",
  (url) =>
    !(/^https:\/\/[^/?#]/i.test(url) && URL.canParse(url)) &&
    "must be an absolute https URL, like https://crm.example.com/vcc",
  (url) => /[\s\p{Cc}\\]/u.test(url) && "the URL holds a blank, a control character or a backslash",
  (url) =>
    /^[a-z]+:\/\/[^/?#]*@/i.test(url) &&
    "the URL holds credentials; put them into an Authorization header",
  (url) => url.includes("#") && "the URL has a fragment, which is never sent",
);

const Permission = orUnknown(
  z
    .union([z.boolean(), z.literal([0, 1])], { error: "must be true, false, 0 or 1" })
    .transform(Boolean),
).optional();

const AgentActionsPermitted = z
  .strictObject(
    {
      release: Permission,
      hold: Permission,
      transferToAgent: Permission,
      transferToRoute: Permission,
    } satisfies Record<Operation, typeof Permission>,
    {
      error: ({ code, input }) => {
        if (code === "unrecognized_keys") return undefined;
        if (input === undefined) return "required; {} stands for release only";
        return "must be an object of operations and booleans";
      },
    },
  )
  .transform((permitted) => ({ ...defaultPermissions, ...permitted }));

const argumentNames = [
  "provider",
  "endpoint",
  "headers",
  "agentActionsPermitted",
  "reassertEvery",
] as const;

const VccProviderArgs = z.strictObject({
  provider: orUnknown(ProviderName),
  endpoint: orUnknown(Endpoint).optional(),
  headers: orUnknown(Headers).optional(),
  agentActionsPermitted: orUnknown(AgentActionsPermitted),
  reassertEvery: orUnknown(
    text("the duration", (duration) => problemOfReassertEvery(duration) ?? false),
  ).optional(),
});

/** What a program declares: a registration, and how often to repeat it. */
export interface DeclaredRegistration extends Registration {
  reassertEvery?: string;
}

/** The arguments with all permissions stated, or every problem of them, each as one sentence. */
export function parseRegistration(
  args: Record<string, unknown>,
): { registration: DeclaredRegistration } | { problems: string[] } {
  const result = VccProviderArgs.safeParse(args);
  const problems = [...(result.error?.issues.flatMap(problemsOf) ?? []), ...problemsOfSize(args)];
  if (!result.success || problems.length > 0) return { problems };
  return { registration: result.data as DeclaredRegistration };
}

/** Whatever else is wrong: the permissions are always of one size, once all four are stated. */
function problemsOfSize({ provider, endpoint, headers }: Record<string, unknown>): string[] {
  if (holdsUnknown([provider, endpoint, headers])) return [];
  const settings = toSettings({
    provider,
    endpoint,
    headers: headers ?? {},
    agentActionsPermitted: defaultPermissions,
  } as Registration);
  const bytes = Buffer.byteLength(JSON.stringify(settings));
  if (bytes <= maxBodyBytes) return [];
  return [`the registration has ${bytes} bytes as JSON; VCC takes at most ${maxBodyBytes}`];
}

function problemsOf(issue: z.core.$ZodIssue): string[] {
  if (issue.code !== "unrecognized_keys") {
    return [
      issue.path.length === 0 ? issue.message : `${formatPath(issue.path)}: ${issue.message}`,
    ];
  }
  const [noun, known] =
    issue.path.length === 0
      ? ["unknown argument", argumentNames]
      : ["unknown operation", operations];
  return issue.keys.map(
    (key) => `${formatPath([...issue.path, key])}: ${noun}; ${suggestion(key, known)}`,
  );
}
