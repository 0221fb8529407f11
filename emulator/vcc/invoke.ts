import { randomUUID } from "node:crypto";
import * as z from "zod/mini";
import type { Behavior } from "../behavior";
import { InvalidInput, jsonObject, parse, text } from "../schema";
import type { Callbacks, InteractionEvent, RecordedCallback } from "./callbacks";
import { type Registrations, sameName } from "./registrations";

const Interaction = anyCase({
  action: z._default(z.literal(["dispatch", "release"]), "dispatch"),
  requestid: z.optional(text),
  externalid: z.optional(text),
  route: z.optional(text),
  linkeddata: z.optional(z.array(jsonObject)),
  routingdata: z.optional(jsonObject),
}).check(
  z.refine(({ action, route }) => action === "release" || route !== undefined, {
    error: "is required to dispatch",
    path: ["route"],
  }),
  z.refine(({ action, externalid }) => action === "dispatch" || externalid !== undefined, {
    error: "is required to release",
    path: ["externalid"],
  }),
);

const Invocation = anyCase({
  provider: z.optional(text),
  requests: z.array(Interaction).check(z.minLength(1)),
});

/**
 * Assigns every dispatch to an agent immediately. An `externalid` releases an interaction, and a repeated
 * `requestid` is not processed again (documented). Undocumented by VCC: a provider that is not
 * registered, and a release without a dispatch. Here both are 400.
 */
export function createInteractions(
  registrations: Registrations,
  callbacks: Callbacks,
  behavior: Behavior,
) {
  /** `externalid` → the provider of its dispatch. */
  let dispatched = new Map<string, string | undefined>();
  let processed = new Set<string>();

  return {
    /**
     * All requests of the body take effect, or none.
     *
     * @returns the provider, and the callbacks when they have been sent
     * @throws InvalidInput
     */
    invoke(body: unknown): {
      provider: string | undefined;
      callbacks: Promise<RecordedCallback[]>;
    } {
      const { provider, requests } = parse(Invocation, body);
      const settings = provider === undefined ? undefined : registrations.find(provider);
      if (provider !== undefined && settings === undefined) {
        throw new InvalidInput(`The provider ${JSON.stringify(provider)} is not registered`);
      }

      const nowDispatched = new Map(dispatched);
      const nowProcessed = new Set(processed);
      const events: InteractionEvent[] = [];
      for (const { action, requestid, externalid = randomUUID() } of requests) {
        if (requestid !== undefined && nowProcessed.has(requestid)) continue;
        if (requestid !== undefined) nowProcessed.add(requestid);
        if (action === "dispatch") {
          nowDispatched.set(externalid, settings?.provider);
          events.push({ notification: "AssignToAgent", objectid: externalid });
          continue;
        }
        if (!nowDispatched.has(externalid)) {
          throw new InvalidInput(`No interaction has the externalid ${externalid}`);
        }
        const owner = nowDispatched.get(externalid);
        if (owner !== undefined && !sameName(owner, provider ?? "", behavior)) {
          throw new InvalidInput(`Only the provider of its dispatch can release ${externalid}`);
        }
        nowDispatched.delete(externalid);
        if (owner !== undefined) events.push({ notification: "Release", objectid: externalid });
      }

      dispatched = nowDispatched;
      processed = nowProcessed;
      return { provider, callbacks: callbacks.notify(settings, events) };
    },
    /** The `externalid` of the provider's last dispatch that is not released. */
    lastAssigned(provider: string): string | undefined {
      return [...dispatched].findLast(([, owner]) => owner === provider)?.[0];
    },
    reset(): void {
      dispatched = new Map();
      processed = new Set();
    },
  };
}

/** VCC's pages use both `requestid` and `requestId`. */
function anyCase<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const lowered = z.transform((value) => {
    if (!jsonObject.safeParse(value).success) return value;
    const fields = Object.entries(value as object);
    return Object.fromEntries(fields.map(([name, field]) => [name.toLowerCase(), field]));
  });
  return z.pipe(lowered, z.strictObject(shape));
}
