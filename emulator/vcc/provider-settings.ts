import type { Behavior } from "../behavior";

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

const fields = new Set(["provider", "endpoint", "headers", "agentactionspermitted"]);
const operationNames = new Set(["release", "hold", "transferToAgent", "transferToRoute"]);

/** Describes the first violation of the documentation. `undefined` if the body is ProviderSettings. */
export function problemOfSettings(
  body: unknown,
  { agentActions, httpEndpoints }: Pick<Behavior, "agentActions" | "httpEndpoints">,
): string | undefined {
  if (!isObject(body)) return "The body must be a JSON object";
  const unknownField = Object.keys(body).find((field) => !fields.has(field));
  if (unknownField !== undefined) return `Unknown field ${JSON.stringify(unknownField)}`;
  return (
    problemOfProvider(body.provider) ??
    ("endpoint" in body ? problemOfEndpoint(body.endpoint, httpEndpoints) : undefined) ??
    ("headers" in body ? problemOfHeaders(body.headers) : undefined) ??
    ("agentactionspermitted" in body || agentActions === "required"
      ? problemOfActions(body.agentactionspermitted)
      : undefined)
  );
}

function problemOfProvider(provider: unknown): string | undefined {
  if (provider === undefined) return "The field provider is required";
  if (typeof provider !== "string") return "provider must be a string";
  return provider.trim() === "" ? "provider must not be empty" : undefined;
}

function problemOfEndpoint(endpoint: unknown, http: Behavior["httpEndpoints"]): string | undefined {
  if (typeof endpoint !== "string") return "endpoint must be a string";
  const [, scheme] = /^(https?):\/\/[^\s/]\S*$/i.exec(endpoint) ?? [];
  const allowed = http === "accept" ? ["http", "https"] : ["https"];
  return allowed.includes(scheme?.toLowerCase() ?? "") && URL.canParse(endpoint)
    ? undefined
    : `endpoint must be an ${allowed.join(" or ")} URL`;
}

function problemOfHeaders(headers: unknown): string | undefined {
  if (!isObject(headers)) return "headers must be an object of names and values";
  for (const [name, value] of Object.entries(headers)) {
    // VCC must be able to send them. Node's HTTP client decides whether that is possible.
    try {
      if (typeof value !== "string") return `The header ${name} must be a string`;
      if (new Headers([[name, value]]).get(name) !== value) throw new TypeError();
    } catch {
      return `The header ${JSON.stringify(name)} cannot be sent`;
    }
    if (name.toLowerCase() === "authorization" && !/^\S+ +\S/.test(value)) {
      return "The Authorization header must have the format <type> <credentials>";
    }
  }
  return undefined;
}

function problemOfActions(actions: unknown): string | undefined {
  if (actions === undefined) return "The field agentactionspermitted is required";
  if (!isObject(actions)) return "agentactionspermitted must be an object of operations";
  for (const [operation, value] of Object.entries(actions)) {
    if (!operationNames.has(operation)) return `Unknown operation ${JSON.stringify(operation)}`;
    if (value !== 0 && value !== 1) return `The operation ${operation} must be 0 or 1`;
  }
  return undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
