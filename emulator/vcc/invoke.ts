import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Behaviour } from "../behaviour";
import { error, type Reply, success } from "../reply";
import type { Callbacks, InteractionEvent } from "./callbacks";
import { describeIssue } from "./issue-message";
import { type Registrations, sameName } from "./registrations";

export interface Interactions {
  /** `POST /interactions/Invoke`: all of its requests take effect, or none. */
  invoke(body: unknown): Reply;
  reset(): void;
}

const Text = z.string().min(1);

const Interaction = anyCase({
  action: z.enum(["dispatch", "release"]).default("dispatch"),
  requestid: Text.optional(),
  externalid: Text.optional(),
  route: Text.optional(),
  linkeddata: z.array(z.looseObject({})).optional(),
  routingdata: z.looseObject({}).optional(),
})
  .refine(({ action, route }) => action === "release" || route !== undefined, {
    message: "route is required to dispatch",
  })
  .refine(({ action, externalid }) => action === "dispatch" || externalid !== undefined, {
    message: "externalid is required to release",
  });

const Invocation = anyCase({
  provider: Text.optional(),
  requests: z.array(Interaction).min(1),
});

/**
 * Assigns every dispatch to an agent immediately. An `externalid` releases an interaction, and a repeated
 * `requestid` is not processed again (documented). Undocumented by VCC: a provider that is not
 * registered, and a release without a dispatch. Here both are 400.
 */
export function createInteractions({
  registrations,
  behaviour,
  callbacks,
}: {
  registrations: Registrations;
  behaviour: Behaviour;
  callbacks: Pick<Callbacks, "notify">;
}): Interactions {
  /** `externalid` → the provider of its dispatch. */
  let dispatched = new Map<string, string | undefined>();
  let processed = new Set<string>();

  return {
    invoke(body) {
      const parsed = Invocation.safeParse(body);
      if (!parsed.success) return error(400, describeIssue(parsed.error));
      const { provider, requests } = parsed.data;
      const settings = provider === undefined ? undefined : registrations.find(provider);
      if (provider !== undefined && settings === undefined) {
        return error(400, `The provider ${JSON.stringify(provider)} is not registered`);
      }

      const nowDispatched = new Map(dispatched);
      const nowProcessed = new Set(processed);
      const events: InteractionEvent[] = [];
      for (const { action, requestid, externalid = randomUUID() } of requests) {
        if (requestid !== undefined && nowProcessed.has(requestid)) continue;
        if (requestid !== undefined) nowProcessed.add(requestid);
        if (action === "dispatch") {
          nowDispatched.set(externalid, provider);
          events.push({ notification: "AssignToAgent", objectid: externalid });
          continue;
        }
        if (!nowDispatched.has(externalid)) {
          return error(400, `No interaction has the externalid ${externalid}`);
        }
        const owner = nowDispatched.get(externalid);
        if (owner !== undefined && !sameName(owner, provider ?? "", behaviour)) {
          return error(400, `Only the provider of its dispatch can release ${externalid}`);
        }
        nowDispatched.delete(externalid);
        if (owner !== undefined) events.push({ notification: "Release", objectid: externalid });
      }

      dispatched = nowDispatched;
      processed = nowProcessed;
      if (settings !== undefined) callbacks.notify(settings, events);
      return success(behaviour, provider);
    },
    reset() {
      dispatched = new Map();
      processed = new Set();
    },
  };
}

/** VCC's pages use both `requestid` and `requestId`. */
function anyCase<Shape extends z.core.$ZodShape>(shape: Shape) {
  return z.preprocess((value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, field]) => [name.toLowerCase(), field]),
    );
  }, z.strictObject(shape));
}
