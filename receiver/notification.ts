import * as v from "valibot";
import { ReceiverError } from "./receiver-error";

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

const Text = v.string("must be a string");
// Stores keep the IDs of notifications, so their length is limited.
const Id = v.pipe(
  Text,
  v.nonEmpty("is empty"),
  v.maxLength(256, "must have at most 256 characters"),
);
const OptionalText = v.nullish(Text);

// valibot's objects accept arrays, too.
const JsonObject = v.custom<object>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  "must be an object",
);

const Notification = v.pipe(
  JsonObject,
  v.object(
    {
      notification: v.pipe(Text, v.nonEmpty("is empty")),
      objectid: Id,
      notificationid: Id,
      params: v.nullish(
        v.pipe(
          JsonObject,
          v.object({ AccountName: OptionalText, Agent: OptionalText, AgentId: OptionalText }),
        ),
      ),
    },
    "is missing",
  ),
);
const Notifications = v.array(Notification, "must be an array of notifications");

/**
 * Parses the body of a callback: a JSON array. Numeric IDs become strings, with all their digits.
 *
 * @throws ReceiverError
 */
export function parseNotifications(body: string): Notification[] {
  const json = parseJson(body);
  const { success, issues } = v.safeParse(Notifications, json);
  if (!success) {
    throw new ReceiverError(`${v.getDotPath(issues[0]) ?? "the body"}: ${issues[0].message}`);
  }
  // Not what valibot returns: that lacks fields which VCC may add, such as `constructor`.
  return (json as Notification[]).map((notification) => ({
    ...notification,
    params: notification.params ?? {},
  }));
}

function parseJson(body: string): unknown {
  try {
    // JSON has no byte order mark, but the encoders of some platforms write one.
    return JSON.parse(body.replace(/^\uFEFF/, ""), revive);
  } catch {
    // The error quotes the body.
    throw new ReceiverError("the body: must be JSON");
  }
}

function revive(name: string, value: unknown, context?: { source: string }): unknown {
  // Wherever a handler copies it, it would set a prototype.
  if (name === "__proto__") return undefined;
  return typeof value === "number" && ids.has(name) ? (context?.source ?? String(value)) : value;
}
