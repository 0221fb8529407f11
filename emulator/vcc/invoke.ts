import { randomUUID } from "node:crypto";
import * as v from "valibot";
import type { Behavior } from "../behavior";
import { error, type Reply, success } from "../reply";
import { JsonObject, parse } from "../schema";
import type { Callbacks, InteractionEvent } from "./callbacks";
import { type Registrations, sameName } from "./registrations";

export interface Interactions {
  /** `POST /interactions/Invoke`: all of its requests take effect, or none. */
  invoke(body: unknown): Reply;
  reset(): void;
}

const Text = v.pipe(v.string(), v.nonEmpty());

const Interaction = v.pipe(
  anyCase({
    action: v.optional(v.picklist(["dispatch", "release"]), "dispatch"),
    requestid: v.optional(Text),
    externalid: v.optional(Text),
    route: v.optional(Text),
    linkeddata: v.optional(v.array(JsonObject)),
    routingdata: v.optional(JsonObject),
  }),
  v.check(
    ({ action, route }) => action === "release" || route !== undefined,
    "route is required to dispatch",
  ),
  v.check(
    ({ action, externalid }) => action === "dispatch" || externalid !== undefined,
    "externalid is required to release",
  ),
);

const Invocation = anyCase({
  provider: v.optional(Text),
  requests: v.pipe(v.array(Interaction), v.nonEmpty()),
});

/**
 * Assigns every dispatch to an agent immediately. An `externalid` releases an interaction, and a repeated
 * `requestid` is not processed again (documented). Undocumented by VCC: a provider that is not
 * registered, and a release without a dispatch. Here both are 400.
 */
export function createInteractions({
  registrations,
  behavior,
  callbacks,
}: {
  registrations: Registrations;
  behavior: Behavior;
  callbacks: Pick<Callbacks, "notify">;
}): Interactions {
  /** `externalid` → the provider of its dispatch. */
  let dispatched = new Map<string, string | undefined>();
  let processed = new Set<string>();

  return {
    invoke(body) {
      const parsed = parse(Invocation, body);
      if ("problem" in parsed) return error(400, parsed.problem);
      const { provider, requests } = parsed.output;
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
        if (owner !== undefined && !sameName(owner, provider ?? "", behavior)) {
          return error(400, `Only the provider of its dispatch can release ${externalid}`);
        }
        nowDispatched.delete(externalid);
        if (owner !== undefined) events.push({ notification: "Release", objectid: externalid });
      }

      dispatched = nowDispatched;
      processed = nowProcessed;
      if (settings !== undefined) callbacks.notify(settings, events);
      return success(behavior, provider);
    },
    reset() {
      dispatched = new Map();
      processed = new Set();
    },
  };
}

/** VCC's pages use both `requestid` and `requestId`. */
function anyCase<const Entries extends v.ObjectEntries>(entries: Entries) {
  return v.pipe(
    JsonObject,
    v.transform((value) =>
      Object.fromEntries(Object.entries(value).map(([name, field]) => [name.toLowerCase(), field])),
    ),
    v.strictObject(entries),
  );
}
