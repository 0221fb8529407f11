import type { IncomingMessage } from "node:http";
import { readApiRequest } from "./api-request";
import type { Behaviour } from "./behaviour";
import { createCallbacks, type RecordedCallback } from "./callbacks";
import type { Endpoint } from "./endpoints";
import { createInteractions } from "./invoke";
import type { ProviderSettings } from "./provider-settings";
import { createRateLimiter } from "./rate-limit";
import { register } from "./register";
import { createRegistrations } from "./registrations";
import { error, type Reply } from "./reply";
import { createStateFile } from "./state-file";
import { createTokens } from "./tokens";

/** What VCC holds, and what it does with a request that reached it. */
export interface Vcc {
  handle(endpoint: Endpoint | undefined, request: IncomingMessage, body: Buffer): Reply;
  /** Whether a request carries a token that is in force: for a route beside VCC's own. */
  authorizes(request: IncomingMessage): boolean;
  registrations(): ProviderSettings[];
  /** One of them, without copying all. */
  registration(provider: string): ProviderSettings | undefined;
  callbacks(): RecordedCallback[];
  settled(): Promise<void>;
  revokeTokens(): void;
  endCallbacks(): void;
  reset(): void;
}

/** @throws Error for a state file that cannot be read or written, or is none */
export function createVcc({
  behaviour,
  stateFile,
  now,
  onChange,
  ...client
}: {
  clientId: string;
  clientSecret: string;
  behaviour: Behaviour;
  stateFile: string | undefined;
  now: () => number;
  /** Called whenever registrations or callbacks are others than before. */
  onChange: () => void;
}): Vcc {
  const tokens = createTokens(client, behaviour, now);
  const registrations = createRegistrations(
    behaviour,
    stateFile === undefined ? undefined : createStateFile(stateFile),
    onChange,
  );
  const callbacks = createCallbacks({ behaviour, now, onChange });
  const interactions = createInteractions({ registrations, behaviour, callbacks });
  const rateLimiter = createRateLimiter(behaviour, now);

  return {
    handle(endpoint, { method, headers }, body) {
      if (endpoint === undefined) return error(404, "Not Found");
      if (method !== "POST") return error(405, "Method Not Allowed");
      const limited = rateLimiter.refuse();
      if (limited !== undefined) return limited;
      if (endpoint === "token") return tokens.issue(headers, body.toString("utf8"));
      const read = readApiRequest(headers, body, tokens, behaviour);
      if ("refused" in read) return read.refused;
      return endpoint === "register"
        ? register(read.json, { registrations, behaviour })
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
