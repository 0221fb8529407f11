import * as z from "zod/mini";
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

const ids = ["objectid", "notificationid", "AgentId"];

const Text = z.string({
  error: ({ input }) => (input === undefined ? "is missing" : "must be a string"),
});
const NonEmptyText = Text.check(z.minLength(1, "is empty"));
// Stores keep the IDs of notifications.
const Id = NonEmptyText.check(z.maxLength(256, "must have at most 256 characters"));
const Params = z.looseObject(
  { AccountName: z.nullish(Text), Agent: z.nullish(Text), AgentId: z.nullish(Text) },
  "must be an object",
);
const Notifications = z.array(
  z.looseObject(
    {
      notification: NonEmptyText,
      objectid: Id,
      notificationid: Id,
      params: z.pipe(
        z.nullish(Params),
        z.transform((params) => params ?? {}),
      ),
    },
    "must be an object",
  ),
  "must be an array of notifications",
) satisfies z.ZodMiniType<Notification[]>;

/**
 * Parses the body of a callback: a JSON array. Numeric IDs become strings, with all their digits.
 *
 * @throws ReceiverError
 */
export function parseNotifications(body: string): Notification[] {
  const { data, error } = Notifications.safeParse(parseJson(body));
  if (data) return data;
  const [{ path, message } = { path: [], message: "" }] = error.issues;
  throw new ReceiverError(`${path.join(".") || "the body"}: ${message}`, { status: 400 });
}

function parseJson(body: string): unknown {
  try {
    // JSON has no byte order mark, but the encoders of some platforms write one.
    return JSON.parse(body.replace(/^\uFEFF/, ""), revive);
  } catch {
    // The error quotes the body.
    throw new ReceiverError("the body: must be JSON", { status: 400 });
  }
}

function revive(name: string, value: unknown, context?: { source: string }): unknown {
  // If a handler copied it, it would set a prototype.
  if (name === "__proto__") return undefined;
  return typeof value === "number" && ids.includes(name) ? (context?.source ?? `${value}`) : value;
}
