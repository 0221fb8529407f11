import type { IncomingMessage } from "node:http";
import type { Behavior } from "../behavior";
import { error, type Reply } from "../reply";
import { readApiRequest, tooLarge } from "./api-request";
import { createCallbacks, type RecordedCallback } from "./callbacks";
import type { Endpoint } from "./endpoints";
import { createInteractions } from "./invoke";
import type { ProviderSettings } from "./provider-settings";
import { createRateLimiter } from "./rate-limit";
import type { Redirect } from "./redirect";
import { register } from "./register";
import { createRegistrations } from "./registrations";
import { createStateFile } from "./state-file";
import { createTokens } from "./tokens";

/** The state of VCC, and how it handles a request. */
export interface Vcc {
  /** @param body `undefined` if it is too large */
  handle(endpoint: Endpoint | undefined, request: IncomingMessage, body: Buffer | undefined): Reply;
  /** Whether a request has a valid token: for routes that are not VCC's. */
  authorizes(request: IncomingMessage): boolean;
  registrations(): ProviderSettings[];
  /** One registration, without a copy of all. */
  registration(provider: string): ProviderSettings | undefined;
  callbacks(): RecordedCallback[];
  settled(): Promise<void>;
  revokeTokens(): void;
  endCallbacks(): void;
  reset(): void;
}

/** @throws Error for a state file that cannot be read or written, or is invalid */
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
}): Vcc {
  const tokens = createTokens(client, behavior, now);
  const registrations = createRegistrations(
    behavior,
    stateFile === undefined ? undefined : createStateFile(stateFile),
    onChange,
  );
  const callbacks = createCallbacks({ behavior, redirect, now, onChange });
  const interactions = createInteractions({ registrations, behavior, callbacks });
  const rateLimiter = createRateLimiter(behavior, now);

  return {
    handle(endpoint, { method, headers }, body) {
      if (endpoint === undefined) return error(404, "Not Found");
      if (method !== "POST") return error(405, "Method Not Allowed");
      const limited = rateLimiter.reject();
      if (limited !== undefined) return limited;
      if (endpoint === "token") {
        return body === undefined ? tooLarge() : tokens.issue(headers, body.toString("utf8"));
      }
      const read = readApiRequest(headers, body, tokens, behavior);
      if ("rejection" in read) return read.rejection;
      return endpoint === "register"
        ? register(read.json, { registrations, behavior })
        : interactions.invoke(read.json);
    },
    authorizes: ({ headers }) => tokens.accept(headers.authorization),
    registrations: registrations.all,
    registration: registrations.find,
    callbacks: callbacks.records,
    settled: callbacks.settled,
    revokeTokens: tokens.revoke,
    endCallbacks: callbacks.end,
    reset() {
      registrations.clear();
      interactions.reset();
      callbacks.reset();
      tokens.revoke();
      rateLimiter.reset();
    },
  };
}
