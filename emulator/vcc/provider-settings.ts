import * as z from "zod/mini";
import type { Behavior } from "../behavior";
import { InvalidInput, parse } from "../schema";

/**
 * The body of `POST /Register`, as in the API's documentation. It shares no code with `provider/`, because it
 * would also share its mistakes.
 */
export interface ProviderSettings {
  /** The registered name. */
  provider: string;
  /** The URL that VCC notifies. Missing if there are no notifications. */
  endpoint?: string;
  /** Name → value, in clear text. */
  headers?: Record<string, string>;
  /** Operation → 1 if it is permitted, else 0. Missing only if `agentActions` is `"optional"`. */
  agentactionspermitted?: Record<string, 0 | 1>;
}

const permitted = z.exactOptional(z.literal([0, 1]));

const headers = z.record(z.string(), z.string()).check((context) => {
  for (const [name, value] of Object.entries(context.value)) {
    const problem = problemOfHeader(name, value);
    if (problem === undefined) continue;
    context.issues.push({ code: "custom", input: value, path: [name], message: problem });
  }
});

/** What VCC accepts with any behavior. */
const Body = z.strictObject({
  provider: z.string().check(z.refine((name) => name.trim() !== "", "must not be empty")),
  endpoint: z.exactOptional(z.string().check(z.refine(isUrl, "must be an https URL"))),
  headers: z.exactOptional(headers),
  agentactionspermitted: z.exactOptional(
    z.strictObject({
      release: permitted,
      hold: permitted,
      transferToAgent: permitted,
      transferToRoute: permitted,
    }),
  ),
}) satisfies z.ZodMiniType<ProviderSettings>;

/** @throws InvalidInput that describes each violation of the documentation */
export function parseProviderSettings(
  body: unknown,
  { agentActions, httpEndpoints }: Pick<Behavior, "agentActions" | "httpEndpoints">,
): ProviderSettings {
  const { endpoint, agentactionspermitted } = parse(Body, body);
  if (httpEndpoints === "refuse" && endpoint !== undefined && !/^https:/i.test(endpoint)) {
    throw new InvalidInput("endpoint: must be an https URL");
  }
  if (agentActions === "required" && agentactionspermitted === undefined) {
    throw new InvalidInput("agentactionspermitted: is required");
  }
  return body as ProviderSettings;
}

function isUrl(text: string): boolean {
  return /^https?:\/\/[^\s/]\S*$/i.test(text) && URL.canParse(text);
}

/** VCC must be able to send it. Node's HTTP client decides whether that is possible. */
function problemOfHeader(name: string, value: string): string | undefined {
  try {
    if (new Headers([[name, value]]).get(name) !== value) throw new TypeError();
  } catch {
    return "cannot be sent";
  }
  return name.toLowerCase() === "authorization" && !/^\S+ +\S/.test(value)
    ? "must have the format <type> <credentials>"
    : undefined;
}
