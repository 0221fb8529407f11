import type { Behavior } from "../behavior";
import type { Redirect } from "../delivery";
import { denial, error, success } from "../responses";
import { readJson } from "../schema";
import { createCallbacks } from "./callbacks";
import { createInteractions } from "./invoke";
import { parseProviderSettings } from "./provider-settings";
import { createRateLimiter } from "./rate-limit";
import { createRegistrations } from "./registrations";
import { createTokens, mediaTypeOf } from "./tokens";

/** An endpoint of VCC that the emulator has. */
export type Endpoint = "token" | "register" | "invoke";

const endpoints = new Map<string, Endpoint>([
  ["/auth/connect/token", "token"],
  ["/interactions/register", "register"],
  ["/interactions/invoke", "invoke"],
]);

/** Ignores case: the documentation uses both `/Register` and `/register`. */
export function endpointOf(path: string): Endpoint | undefined {
  return endpoints.get(path.toLowerCase());
}

/** A request, which gets the name in the body of a successful Register or Invoke. */
export type VccRequest = Request & { provider?: string | undefined };

export type Vcc = ReturnType<typeof createVcc>;

const mediaType = "application/vnd.newvoicemedia.v1+json";

/**
 * The state of VCC, and how it handles a request.
 *
 * @throws Error for a state file that cannot be read or written, or is invalid
 */
export function createVcc({
  behavior,
  stateFile,
  redirect,
  now,
  onChange,
  ...client
}: {
  clientId: string;
  clientSecret: string;
  behavior: Behavior;
  stateFile: string | undefined;
  redirect: Redirect;
  now: () => number;
  /** Called after each change of registrations or callbacks. */
  onChange: () => void;
}) {
  const tokens = createTokens(client, behavior, now);
  const registrations = createRegistrations(behavior, stateFile, onChange);
  const callbacks = createCallbacks({ behavior, redirect, now, onChange });
  const interactions = createInteractions(registrations, callbacks, behavior);
  const rateLimiter = createRateLimiter(behavior, now);

  /** What Register and Invoke have in common. */
  function rejectionOf({ headers }: Request): Response | undefined {
    const authorization = headers.get("authorization");
    const accepted = (headers.get("accept") ?? "").split(",").map(mediaTypeOf);
    if (!accepted.includes(mediaType)) return error(400, `Accept must be ${mediaType}`);
    if (authorization === null) {
      return denial(behavior, 401, "invalid_request", "The access token is missing");
    }
    if (!tokens.accept(authorization)) {
      return denial(behavior, 401, "invalid_token", "The access token is invalid or has expired");
    }
    if (mediaTypeOf(headers.get("content-type")) !== "application/json") {
      return error(400, "Content-Type must be application/json");
    }
    return undefined;
  }

  /** Stores a valid body unchanged. */
  function register(body: unknown): string {
    const settings = parseProviderSettings(body, behavior);
    registrations.put(settings);
    return settings.provider;
  }

  return {
    /** @throws InvalidInput for an invalid body, Error if the state file cannot be written */
    async handle(request: VccRequest): Promise<Response> {
      const endpoint = endpointOf(new URL(request.url).pathname);
      if (endpoint === undefined) return error(404);
      if (request.method !== "POST") return error(405);
      const limited = rateLimiter.reject();
      if (limited !== undefined) return limited;
      if (endpoint === "token") return tokens.issue(request);
      const rejection = rejectionOf(request);
      if (rejection !== undefined) return rejection;
      const body = await readJson(request);
      request.provider =
        endpoint === "register" ? register(body) : interactions.invoke(body).provider;
      return success(behavior);
    },
    tokens,
    registrations,
    interactions,
    callbacks,
    reset(): void {
      registrations.clear();
      interactions.reset();
      callbacks.reset();
      tokens.revoke();
      rateLimiter.reset();
    },
  };
}
