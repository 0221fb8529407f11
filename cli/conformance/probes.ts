import { isPlainObject } from "../../provider/contract/plain-object";
import { parseJson } from "../parse-json";
import { questions as ask, type CallbackAnswer, type Question } from "./questions";
import type { Exchange } from "./session";

/** What an answer means. */
export interface Reading {
  /** For people. */
  seen: string;
  /** The value of the switch that VCC behaves like. @default none: the answer does not say */
  value?: string | number | boolean;
  /** Whether it contradicts what VCC documents or this package relies on. @default false */
  contradicts?: boolean;
}

/** What this package relies on. */
interface Reliance {
  /** What breaks if VCC differs. */
  breaks: string;
  /** What to do then. */
  advice: string;
}

interface Definition {
  /** A name, or that of the emulator's switch. */
  id: string;
  kind: "promise" | "switch" | "observation";
  statement: string;
  /** What VCC's documentation says. */
  documented: string;
  reliance?: Reliance;
}

/** One line of the table. */
export type Probe = Definition &
  (
    | {
        question: Question<{ evidence: string }>;
        /** `undefined` if the answer says nothing about it, like a 503. */
        read(answer: { evidence: string }): Reading | undefined;
      }
    /** Why nobody can ask from outside. */
    | { unknowable: string }
  );

function probe<Answer extends { evidence: string }>(
  question: Question<Answer>,
  { read, ...definition }: Definition & { read(answer: Answer): Reading | undefined },
): Probe {
  // Its own question is the only one whose answers it gets.
  return { ...definition, question, read: (answer) => read(answer as Answer) };
}

const newAdvice =
  "keep this report, and send it to the maintainers: the client must learn to accept this";

// Statuses of gateways and limits say nothing about what was asked.
const isSilent = (status: number) => status === 408 || status === 429 || status >= 500;

/** @param expected the documented statuses; `"success"` is any 2xx */
function status(expected: number[] | "success") {
  return ({ response: { status } }: Exchange): Reading | undefined => {
    if (isSilent(status)) return undefined;
    const isExpected =
      expected === "success" ? status >= 200 && status < 300 : expected.includes(status);
    return { seen: String(status), contradicts: !isExpected };
  };
}

/** The documented status of the token endpoint and its `error`. */
function tokenError(statuses: number[], error: string) {
  return (exchange: Exchange): Reading | undefined => {
    if (exchange.response.bodyError !== undefined) return undefined;
    const reading = status(statuses)(exchange);
    if (reading === undefined || reading.contradicts) return reading;
    const isExpected = fieldsOf(exchange).error === error;
    return {
      seen: `${reading.seen}${isExpected ? ` with ${error}` : ` without ${error}`}`,
      contradicts: !isExpected,
    };
  };
}

/** A value for success, and one for a 400. */
function accepted(yes: Reading, no: Reading) {
  return ({ response: { status } }: Exchange): Reading | undefined => {
    if (status >= 200 && status < 300) return yes;
    return status === 400 ? no : undefined;
  };
}

/** Any refusal, since its status is not documented. */
function observed({ response: { status } }: Exchange): Reading | undefined {
  if (isSilent(status)) return undefined;
  return { seen: status < 300 ? "accepted" : `refused with ${status}` };
}

/** The fields of a JSON object; none for any other body. */
function fieldsOf({ response: { body } }: Exchange): Record<string, unknown> {
  const json = parseJson(body);
  return isPlainObject(json) ? json : {};
}

function kindsOf({ deliveries }: Pick<CallbackAnswer, "deliveries">) {
  const notifications = deliveries.flatMap(({ notifications = [] }) => notifications);
  return { notifications, kinds: new Set(notifications.map(({ kind }) => kind)) };
}

/** Both notifications of one interaction must have arrived. */
function both(read: (answer: CallbackAnswer) => Reading) {
  return (answer: CallbackAnswer): Reading | undefined => {
    const { kinds } = kindsOf(answer);
    return kinds.has("AssignToAgent") && kinds.has("Release") ? read(answer) : undefined;
  };
}

/** Whether the second registration overwrote the first, whose name was invoked. */
function sameName(same: Reading, different: Reading) {
  return ({ deliveries }: CallbackAnswer): Reading | undefined => {
    const labels = new Set(deliveries.map(({ label }) => label));
    if (labels.has("second name")) return same;
    return labels.has("first name") ? different : undefined;
  };
}

const tokenProbes: Probe[] = [
  probe(ask.token, {
    id: "token",
    kind: "promise",
    statement: "Client credentials get a bearer token",
    documented: "200 with `access_token`, `expires_in`, `token_type`",
    reliance: { breaks: "every registration", advice: "check vcc:authUrl" },
    read: status([200]),
  }),
  probe(ask.token, {
    id: "tokenType",
    kind: "switch",
    statement: "Case of `token_type`",
    documented: "`Bearer` and `bearer`",
    read: (exchange) => {
      const { token_type: type } = fieldsOf(exchange);
      const value = ["Bearer", "bearer", "BEARER"].find((known) => known === type);
      return value === undefined ? undefined : { seen: value, value };
    },
  }),
  probe(ask.token, {
    id: "tokenLifetimeStated",
    kind: "switch",
    statement: "The token response has `expires_in`",
    documented: "yes, on every page",
    read: (exchange) => {
      const value = (fieldsOf(exchange).expires_in ?? null) !== null;
      return { seen: value ? "yes" : "no", value };
    },
  }),
  probe(ask.token, {
    id: "tokenLifetimeS",
    kind: "switch",
    statement: "Lifetime of a token in seconds, as the response states it",
    documented: "7200; 900 on one page",
    read: (exchange) => {
      const { expires_in: lifetimeS } = fieldsOf(exchange);
      if ((lifetimeS ?? null) === null) return { seen: "the response does not state it" };
      const value = ["number", "string"].includes(typeof lifetimeS) ? Number(lifetimeS) : -1;
      return Number.isSafeInteger(value) && value >= 0 ? { seen: `${value} s`, value } : undefined;
    },
  }),
  probe(ask.otherAuthentication, {
    id: "token-authentication",
    kind: "promise",
    statement: "The client can authenticate in the form and with HTTP Basic",
    documented: "the form; Basic in an official sample",
    reliance: {
      breaks: "one value of `vcc:clientAuthentication`",
      advice: "leave vcc:clientAuthentication as it is now",
    },
    read: (exchange) => {
      const reading = status([200])(exchange);
      if (reading === undefined || reading.contradicts) return reading;
      return typeof fieldsOf(exchange).access_token === "string" ? reading : undefined;
    },
  }),
  probe(ask.wrongScope, {
    id: "token-scope",
    kind: "promise",
    statement: "An unknown scope is refused",
    documented: "400 `invalid_scope`",
    reliance: {
      breaks: "the message that names the missing scope",
      advice: "if up fails with 401, check the client's scopes yourself",
    },
    read: tokenError([400], "invalid_scope"),
  }),
  probe(ask.wrongGrantType, {
    id: "token-grant-type",
    kind: "promise",
    statement: "An unknown grant type is refused",
    documented: "400 `unsupported_grant_type`",
    reliance: {
      breaks: "the message about a wrong `vcc:authUrl`",
      advice: "if up fails without a token, check vcc:authUrl yourself",
    },
    read: tokenError([400], "unsupported_grant_type"),
  }),
  probe(ask.wrongClient, {
    id: "token-client",
    kind: "promise",
    statement: "An unknown client is refused",
    documented: "400 or 401 `invalid_client`",
    reliance: {
      breaks: "the message about wrong credentials, and their immediate failure",
      advice: newAdvice,
    },
    read: tokenError([400, 401], "invalid_client"),
  }),
  probe(ask.wrongClient, {
    id: "invalidClientStatus",
    kind: "switch",
    statement: "Status for wrong client credentials",
    documented: "400 or 401",
    read: ({ response: { status } }) =>
      status === 400 || status === 401 ? { seen: String(status), value: status } : undefined,
  }),
  probe(ask.wrongClient, {
    id: "invalidClientDescription",
    kind: "switch",
    statement: "That response describes the error",
    documented: "nothing",
    read: (exchange) => {
      const { error, ...others } = fieldsOf(exchange);
      if (error !== "invalid_client") return undefined;
      const value = Object.keys(others).length > 0;
      return { seen: value ? "yes" : "no", value };
    },
  }),
];

const registerProbes: Probe[] = [
  probe(ask.register, {
    id: "register",
    kind: "promise",
    statement: "A 2xx acknowledges a registration",
    documented: "nothing about the status of success",
    reliance: { breaks: "every registration", advice: "check the region and vcc:apiUrl" },
    // What VCC says otherwise ends the run.
    read: ({ response: { status } }) => (status < 300 ? { seen: String(status) } : undefined),
  }),
  probe(ask.register, {
    id: "successStatus",
    kind: "switch",
    statement: "Status of a successful Register",
    documented: "nothing",
    read: ({ response: { status } }) =>
      [200, 201, 202, 204].includes(status) ? { seen: String(status), value: status } : undefined,
  }),
  probe(ask.register, {
    id: "successBody",
    kind: "switch",
    statement: "Body of a successful Register",
    documented: "nothing",
    read: (exchange) => {
      const { status, body, bodyError } = exchange.response;
      if (status >= 300 || bodyError !== undefined) return undefined;
      if (status === 204) return { seen: "a 204 has none" };
      if (body === "") return { seen: "none", value: "empty" };
      const json = parseJson(body);
      if (json === undefined) return { seen: "text", value: "text" };
      return isPlainObject(json)
        ? { seen: "a JSON object", value: "object" }
        : { seen: "other JSON" };
    },
  }),
  probe(ask.registerAgain, {
    id: "register-again",
    kind: "promise",
    statement: "Registering a name again succeeds",
    documented: "the last registration of a name wins",
    reliance: {
      breaks: "updates, `reassertEvery`, the repair of drift, and destroy",
      advice: "do not rely on pulumi-vcc for this account, and send this report to the maintainers",
    },
    read: status("success"),
  }),
  probe(ask.lowerCasePath, {
    id: "path-case",
    kind: "promise",
    statement: "The path is `/Register` or `/register`",
    documented: "both",
    read: status("success"),
  }),
  probe(ask.noToken, {
    id: "no-token",
    kind: "promise",
    statement: "A request without a token is refused",
    documented: "401",
    read: status([401]),
  }),
  probe(ask.wrongToken, {
    id: "refused-token",
    kind: "promise",
    statement: "An invalid token is refused with 401",
    documented: "401",
    reliance: {
      breaks: "the renewal of a token that was revoked or has expired early",
      advice: "run up again if a token expires during a long update",
    },
    read: status([401]),
  }),
  probe(ask.wrongToken, {
    id: "refusalBody",
    kind: "switch",
    statement: "Body of 401 and 403 of the API",
    documented: "nothing; sibling APIs use both JSON forms",
    read: (exchange) => {
      const { status, body, bodyError } = exchange.response;
      if ((status !== 401 && status !== 403) || bodyError !== undefined) return undefined;
      if (body === "") return { seen: "none", value: "empty" };
      if (/^\s*<(!doctype html|html)/i.test(body)) return { seen: "HTML", value: "html" };
      const { error, message } = fieldsOf(exchange);
      if (error !== undefined && message !== undefined) return { seen: "another form" };
      if (typeof error === "string") return { seen: "JSON with `error`", value: "error" };
      if (typeof message === "string") return { seen: "JSON with `message`", value: "message" };
      return { seen: "another form" };
    },
  }),
  probe(ask.noAccept, {
    id: "no-accept",
    kind: "promise",
    statement: "`Accept` is required",
    documented: "400",
    read: status([400]),
  }),
  probe(ask.otherAccept, {
    id: "other-accept",
    kind: "promise",
    statement: "`Accept` must be VCC's media type",
    documented: "400",
    read: status([400]),
  }),
  probe(ask.charset, {
    id: "content-type-charset",
    kind: "observation",
    statement: "`Content-Type` may state a charset",
    documented: "nothing",
    read: observed,
  }),
  probe(ask.otherContentType, {
    id: "content-type-other",
    kind: "observation",
    statement: "`Content-Type` may be `text/plain`",
    documented: "nothing",
    read: observed,
  }),
  probe(ask.malformedJson, {
    id: "malformed-json",
    kind: "promise",
    statement: "Malformed JSON is refused",
    documented: "400",
    reliance: {
      breaks: "the failure of a registration that a proxy cut off",
      advice: "register again after network problems: pulumi up --replace <urn>",
    },
    read: status([400]),
  }),
  probe(ask.noProvider, {
    id: "no-provider",
    kind: "promise",
    statement: "`provider` is required",
    documented: "400",
    read: status([400]),
  }),
  probe(ask.noAgentActions, {
    id: "agentActions",
    kind: "switch",
    statement: "`agentactionspermitted` may be missing",
    documented: "required, but official examples omit it",
    read: accepted({ seen: "yes", value: "optional" }, { seen: "no", value: "required" }),
  }),
  probe(ask.httpEndpoint, {
    id: "httpEndpoints",
    kind: "switch",
    statement: "An `http` endpoint is accepted",
    documented: "`https`",
    read: accepted({ seen: "yes", value: "accept" }, { seen: "no", value: "refuse" }),
  }),
  probe(ask.largestBody, {
    id: "largest-body",
    kind: "promise",
    statement: "A body of 100,000 bytes is accepted",
    documented: "at most 100KB",
    reliance: {
      breaks: "the check of the size before anything is sent",
      advice: "keep registrations well below 100,000 bytes",
    },
    read: status("success"),
  }),
  probe(ask.body101, {
    id: "kilobyte",
    kind: "observation",
    statement: "A body of 101,000 bytes, less than 100 times 1,024",
    documented: "nothing",
    read: observed,
  }),
  probe(ask.tooLargeBody, {
    id: "too-large-body",
    kind: "promise",
    statement: "A body of 110,000 bytes is refused",
    documented: "413 or 417",
    read: status([413, 417]),
  }),
];

const callbackProbes: Probe[] = [
  probe(ask.invoke, {
    id: "callback-body",
    kind: "promise",
    statement: "A callback is an array of notifications",
    documented: "`notification`, `objectid`, `notificationid`, `params`",
    reliance: { breaks: "`pulumi-vcc/receiver`", advice: newAdvice },
    read: ({ deliveries }) => {
      if (deliveries.length === 0) return undefined;
      const isArray = deliveries.every(({ notifications }) => notifications !== undefined);
      return { seen: isArray ? "yes" : "another body", contradicts: !isArray };
    },
  }),
  probe(ask.invoke, {
    id: "callback-headers",
    kind: "promise",
    statement: "A callback carries the registered headers",
    documented: "yes",
    reliance: {
      breaks: "the authentication of callbacks by `pulumi-vcc/receiver`, and the witness",
      advice: "do not expose the endpoint, and send this report to the maintainers",
    },
    read: ({ deliveries }) => {
      // Others are those of an earlier registration.
      const isCurrent = deliveries.every(({ label = "invoke" }) => label === "invoke");
      if (deliveries.length === 0 || !isCurrent) return undefined;
      const areComplete = deliveries.every(
        ({ label, hasFormerHeader }) => label !== undefined && hasFormerHeader,
      );
      return { seen: areComplete ? "yes" : "not all", contradicts: !areComplete };
    },
  }),
  probe(ask.invoke, {
    id: "duplicateCallbacks",
    kind: "switch",
    statement: "A notification arrives twice",
    documented: "nothing",
    read: both((answer) => {
      const { notifications } = kindsOf(answer);
      const value = new Set(notifications.map(({ id }) => id)).size < notifications.length;
      return { seen: value ? "yes" : "no", value };
    }),
  }),
  probe(ask.invoke, {
    id: "reorderCallbacks",
    kind: "switch",
    statement: "`Release` precedes `AssignToAgent`",
    documented: "nothing",
    read: both((answer) => {
      const value = kindsOf(answer).notifications[0]?.kind === "Release";
      return { seen: value ? "yes" : "no", value };
    }),
  }),
  probe(ask.invoke, {
    id: "batchCallbacks",
    kind: "switch",
    statement: "All notifications of an Invoke are in one array",
    documented: "nothing",
    read: both(({ deliveries }) => {
      const value = deliveries.some(
        (delivery) => kindsOf({ deliveries: [delivery] }).kinds.size > 1,
      );
      return { seen: value ? "yes" : "no", value };
    }),
  }),
  probe(ask.replacedHeaders, {
    id: "replaces-headers",
    kind: "promise",
    statement: "Registering again clears the headers that it omits",
    documented: "registering again replaces all settings",
    reliance: {
      breaks: "the removal of a header, and of all secrets by destroy",
      advice: "register a removed header with an empty or harmless value first",
    },
    read: ({ deliveries }) => {
      const current = deliveries.filter(({ label }) => label === "second");
      if (current.length === 0) return undefined;
      const isKept = current.some(({ hasFormerHeader }) => hasFormerHeader);
      return { seen: isKept ? "no" : "yes", contradicts: isKept };
    },
  }),
  probe(ask.nameCase, {
    id: "nameCase",
    kind: "switch",
    statement: "Names that differ only by case are one registration",
    documented: "nothing",
    read: sameName({ seen: "yes", value: "insensitive" }, { seen: "no", value: "sensitive" }),
  }),
  probe(ask.nameBlank, {
    id: "name-blank",
    kind: "observation",
    statement: "Names that differ by a space at the end are one registration",
    documented: "nothing",
    read: sameName({ seen: "yes" }, { seen: "no" }),
  }),
  probe(ask.nameUnicode, {
    id: "name-unicode",
    kind: "observation",
    statement: "Names that differ by Unicode normalization are one registration",
    documented: "nothing",
    read: sameName({ seen: "yes" }, { seen: "no" }),
  }),
  probe(ask.clearedEndpoint, {
    id: "replaces-endpoint",
    kind: "promise",
    statement: "Registering again without an endpoint clears it",
    documented: "registering again replaces all settings",
    reliance: {
      breaks: "destroy: VCC would still notify the endpoint",
      advice: "make the endpoint refuse notifications before you destroy a registration",
    },
    read: ({ deliveries }) => {
      const isKept = deliveries.some(({ label }) => label === "without endpoint");
      // Others are those of an earlier registration.
      if (!isKept && deliveries.length > 0) return undefined;
      return { seen: isKept ? "no" : "yes", contradicts: isKept };
    },
  }),
];

const unknowableProbes: Probe[] = [
  {
    id: "rateLimit",
    kind: "switch",
    statement: "Size and window of the limit, and what counts",
    documented: "429, shared by all APIs of the account",
    unknowable: "a run that provoked it would stop the account's other clients",
  },
  {
    id: "latencyMs",
    kind: "switch",
    statement: "Delay of each response",
    documented: "nothing",
    unknowable: "nobody can tell it from that of the network",
  },
];

/** The whole table, in the order of a run. */
export const probes: readonly Probe[] = [
  ...tokenProbes,
  ...registerProbes,
  ...callbackProbes,
  ...unknowableProbes,
];
