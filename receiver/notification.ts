import * as v from "valibot";

/** What VCC reports of an interaction. Fields that VCC adds later are kept. */
export interface Notification {
  /** What happened. VCC documents `AssignToAgent` and `Release`. */
  notification: "AssignToAgent" | "Release" | (string & {});
  /** The `externalid` of the Invoke that dispatched the interaction. */
  objectid: string;
  /** Identifies the notification. A repetition has the same one. */
  notificationid: string;
  /** `Agent` and `AgentId` may be missing, for example in a `Release`. */
  params: {
    /** The name of the VCC account. */
    AccountName?: string | null | undefined;
    /** The name of the agent. */
    Agent?: string | null | undefined;
    /** The ID of the agent. */
    AgentId?: string | null | undefined;
    [name: string]: unknown;
  };
  [field: string]: unknown;
}

/** The kinds that VCC documents. */
export const documentedKinds: readonly string[] = ["AssignToAgent", "Release"];

const ids = new Set(["objectid", "notificationid", "AgentId"]);

// Stores keep the IDs of notifications, so their length is limited.
const Id = v.pipe(v.string(), v.nonEmpty(), v.maxLength(256));
const Text = v.nullish(v.string());

const Notification = v.looseObject({
  notification: v.pipe(v.string(), v.nonEmpty()),
  objectid: Id,
  notificationid: Id,
  params: v.nullish(
    v.pipe(
      // valibot's objects accept arrays, too.
      v.custom<object>((params) => !Array.isArray(params)),
      v.looseObject({ AccountName: Text, Agent: Text, AgentId: Text }),
    ),
    {},
  ),
});
const Notifications = v.array(Notification);

/**
 * Parses the body of a callback: a JSON array. Numeric IDs become strings, with all their digits.
 *
 * @throws SyntaxError or ValiError
 */
export function parseNotifications(body: string): Notification[] {
  // JSON has no byte order mark, but the encoders of some platforms write one.
  return v.parse(Notifications, JSON.parse(body.replace(/^\uFEFF/, ""), idsAsStrings));
}

function idsAsStrings(name: string, value: unknown, context?: { source: string }): unknown {
  return typeof value === "number" && ids.has(name) ? (context?.source ?? String(value)) : value;
}
