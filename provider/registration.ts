import { z } from "zod";
import { formatPath, suggestion } from "./problems";
import { problemOfReassertEvery } from "./reassert-window";
import {
  defaultPermissions,
  maxBodyBytes,
  type Operation,
  operations,
  type Registration,
  toSettings,
} from "./settings";
import { holdsUnknown, isUnknown } from "./unknown";

// What a program may ask to register, as it arrives in `check`: plain values, some of them unknown in
// a preview. Parsing states all four permissions as booleans and changes nothing else, since
// `ignoreChanges` addresses what the user wrote. No message shows a header value or the endpoint.

/** Leaves alone what a preview cannot know yet, and checks everything else. */
function orUnknown<Schema extends z.ZodType>(schema: Schema) {
  return z.unknown().transform((value, context): z.output<Schema> => {
    if (isUnknown(value)) return value as z.output<Schema>;
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    context.issues.push(...result.error.issues.map((issue) => ({ ...issue, input: undefined })));
    return z.NEVER;
  });
}

/** Text that keeps to rules; a rule returns the sentence that says how it is broken. */
function text(noun: string, ...rules: Array<(value: string) => string | false>) {
  return z
    .string({ error: ({ input }) => `${noun} ${input == null ? "is missing" : "must be text"}` })
    .superRefine((value, context) => {
      for (const rule of rules) {
        const message = rule(value);
        if (message) context.addIssue({ code: "custom", message });
      }
    });
}

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

/** RFC 9110, sections 5.5 (values) and 5.6.2 (tokens). */
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Headers that frame the message or belong to the connection: VCC's HTTP client sets them. */
const framingHeaders = new Set([
  "connection",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

const HeaderValue = text(
  "the value",
  (value) =>
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what RFC 9110 excludes
    /[\x00-\x08\x0a-\x1f\x7f]/.test(value) &&
    "the value holds a line break or another control character",
  (value) => /[^\0-\xff]/u.test(value) && "the value holds characters that no HTTP header can",
  (value) => /^[ \t]|[ \t]$/.test(value) && "the value has blanks around it",
);

const AuthorizationValue = HeaderValue.superRefine((value, context) => {
  const [scheme = "", ...credentials] = value.split(" ");
  if (token.test(scheme) && credentials.join("") !== "") return;
  context.addIssue({
    code: "custom",
    message: 'must be "<type> <credentials>", which bearer(token) and basic(user, password) build',
  });
});

const Headers = z
  .record(z.string(), z.unknown(), { error: "must be an object of header names and values" })
  .transform((headers, context) => {
    const spellings = new Map<string, string>();
    for (const [name, value] of Object.entries(headers)) {
      const problem = (message: string) =>
        context.addIssue({ code: "custom", path: [name], message });
      const lowerCase = name.toLowerCase();
      const twin = spellings.get(lowerCase);
      spellings.set(lowerCase, name);
      if (!token.test(name)) problem("this is no header name (RFC 9110)");
      if (framingHeaders.has(lowerCase)) problem("VCC's own HTTP client sets this header");
      if (twin !== undefined) problem(`differs from ${JSON.stringify(twin)} only by case`);
      const Value = lowerCase === "authorization" ? AuthorizationValue : HeaderValue;
      for (const { message } of orUnknown(Value).safeParse(value).error?.issues ?? []) {
        problem(message);
      }
    }
    return headers as Record<string, string>;
  });

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
  if (problems.length > 0 || !result.success) return { problems };
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
