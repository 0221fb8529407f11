import { randomBytes } from "node:crypto";
import { isPlainObject } from "../../provider/plain-object";
import type { HttpResponse } from "../../provider/vcc/response";
import { parseJson } from "../formats";
import type { Session } from "./session";

/** The registered name. It is fixed, so that each run resets what a killed run left. */
export const testName = "pulumi-vcc-conformance";

/** One line of the table. */
export interface Probe {
  /** A name, or that of the emulator's switch. */
  id: string;
  /** What VCC's documentation says. */
  documented: string;
  /** Probes with the same function share its response. */
  send(session: Session): Promise<HttpResponse>;
  /** `undefined` if the response proves nothing, like a 503. */
  expect(response: HttpResponse): Reading | undefined;
}

/** Whether VCC does what it documents; or the value of the emulator's switch, `null` for an unknown one. */
export type Reading = boolean | { value: string | number | boolean | null };

type Send = Probe["send"];
type Expect = Probe["expect"];

const settings = {
  provider: testName,
  // RFC 2606 reserves this name, so notifications reach no host.
  endpoint: "https://pulumi-vcc-conformance.example/vcc",
  headers: { "X-Pulumi-Vcc-Conformance": "test" },
  agentactionspermitted: { release: 1, hold: 0, transferToAgent: 0, transferToRoute: 0 },
};
const registration = JSON.stringify(settings);
const madeUp = () => `${testName}-${randomBytes(16).toString("hex")}`;

const token: Send = ({ requestToken }) => requestToken();
const wrongScope: Send = ({ requestToken }) => requestToken({ form: { scope: testName } });
const wrongGrantType: Send = ({ requestToken }) => requestToken({ form: { grant_type: testName } });
const otherAuthentication: Send = ({ requestToken }) => requestToken({ inOtherPlace: true });
const madeUpClient: Send = ({ requestToken }) =>
  requestToken({ client: { clientId: madeUp(), clientSecret: madeUp() } });
const register: Send = ({ post }) => post(registration);
const registerAgain: Send = ({ post }) => post(registration.replace('"test"', '"again"'));
const lowerCasePath: Send = ({ post }) => post(registration, {}, "/register");
const malformedJson: Send = ({ post }) => post(registration.slice(0, -1));
const madeUpToken: Send = ({ post }) => post(registration, { authorization: `Bearer ${madeUp()}` });
const withHeaders = (headers: Record<string, string | null>): Send => {
  return ({ post }) => post(registration, headers);
};
const withSettings = (changes: object): Send => {
  return ({ post }) => post(JSON.stringify({ ...settings, ...changes }));
};
/** Without an endpoint: if VCC accepts it, it cannot be reset. */
const withoutName = { provider: undefined, endpoint: undefined, headers: undefined };
/** Padded with whitespace, so that VCC can refuse only its size. */
const withSize = (bytes: number): Send => {
  return ({ post }) => post(registration.padEnd(bytes));
};

const isSuccess = (status: number) => status >= 200 && status < 300;
// Statuses of gateways and rate limits prove nothing about the request.
const isSilent = (status: number) => status === 408 || status === 429 || status >= 500;

const success: Expect = ({ status }) => (isSilent(status) ? undefined : isSuccess(status));

const refused = (...statuses: number[]): Expect => {
  return ({ status }) => (isSilent(status) ? undefined : statuses.includes(status));
};

/** @see RFC 6749, section 5.2 */
const tokenError = (error: string, ...statuses: number[]): Expect => {
  return ({ status, body }) =>
    isSilent(status) ? undefined : statuses.includes(status) && fieldsOf(body).error === error;
};

/** The value for success, and the one for a 400. */
const accepted = (yes: string, no: string): Expect => {
  return ({ status }) =>
    isSuccess(status) ? { value: yes } : status === 400 ? { value: no } : undefined;
};

const oneOf = <Value extends string | number>(value: Value, known: Value[]) =>
  known.includes(value) ? { value } : undefined;

/** The fields of a JSON object; none for any other body. */
function fieldsOf(body: string): Record<string, unknown> {
  const json = parseJson(body);
  return isPlainObject(json) ? json : {};
}

const tokenLifetime: Expect = ({ body }) => {
  const { expires_in: lifetime } = fieldsOf(body);
  if ((lifetime ?? null) === null) return { value: null };
  const value = Number(lifetime);
  return Number.isSafeInteger(value) && value >= 0 ? { value } : undefined;
};

const errorDescription: Expect = ({ body }) => {
  const { error, ...others } = fieldsOf(body);
  return error === "invalid_client" ? { value: Object.keys(others).length > 0 } : undefined;
};

const successBody: Expect = ({ status, body, bodyError }) => {
  if (bodyError !== undefined) return undefined;
  if (status === 204) return { value: null };
  if (body === "") return { value: "empty" };
  const json = parseJson(body);
  if (json === undefined) return { value: "text" };
  return { value: isPlainObject(json) ? "object" : null };
};

const refusalBody: Expect = ({ status, body, bodyError }) => {
  if ((status !== 401 && status !== 403) || bodyError !== undefined) return undefined;
  if (body === "") return { value: "empty" };
  if (/^\s*<(!doctype html|html)/i.test(body)) return { value: "html" };
  const { error, message } = fieldsOf(body);
  if ((error === undefined) === (message === undefined)) return { value: null };
  return { value: error === undefined ? "message" : "error" };
};

const row = (id: string, documented: string, send: Send, expect: Expect): Probe => ({
  ...{ id, documented, send, expect },
});

/** In the order of a run, which stops without a token or a registration. */
export const probes: readonly Probe[] = [
  row("token", "200 with `access_token`, `expires_in`, `token_type`", token, ({ status, body }) =>
    status === 200 && typeof fieldsOf(body).access_token === "string" ? true : undefined,
  ),
  row("tokenType", "`Bearer` and `bearer`", token, ({ body }) =>
    oneOf(String(fieldsOf(body).token_type), ["Bearer", "bearer", "BEARER"]),
  ),
  row("tokenLifetimeStated", "yes, on every page", token, ({ body }) => ({
    value: (fieldsOf(body).expires_in ?? null) !== null,
  })),
  row("tokenLifetimeS", "7200; 900 on one page", token, tokenLifetime),
  row("token-authentication", "in the form; a sample has HTTP Basic", otherAuthentication, success),
  row("token-scope", "400 `invalid_scope`", wrongScope, tokenError("invalid_scope", 400)),
  row(
    "token-grant-type",
    "400 `unsupported_grant_type`",
    wrongGrantType,
    tokenError("unsupported_grant_type", 400),
  ),
  row(
    "token-client",
    "400 or 401 `invalid_client`",
    madeUpClient,
    tokenError("invalid_client", 400, 401),
  ),
  row("invalidClientStatus", "400 or 401", madeUpClient, ({ status }) => oneOf(status, [400, 401])),
  row("invalidClientDescription", "nothing", madeUpClient, errorDescription),
  row("register", "success, and nothing about its status", register, ({ status }) =>
    isSuccess(status) ? true : undefined,
  ),
  row("successStatus", "nothing", register, ({ status }) => oneOf(status, [200, 201, 202, 204])),
  row("successBody", "nothing", register, successBody),
  row("register-again", "the last registration of a name wins", registerAgain, success),
  row("path-case", "`/Register` and `/register`", lowerCasePath, success),
  row("no-token", "401 without a token", withHeaders({ authorization: null }), refused(401)),
  row("refused-token", "401 for an invalid token", madeUpToken, refused(401)),
  row("refusalBody", "nothing; sibling APIs use both JSON forms", madeUpToken, refusalBody),
  row("no-accept", "400 without `Accept`", withHeaders({ accept: null }), refused(400)),
  row("other-accept", "400 for another media type", withHeaders({ accept: "*/*" }), refused(400)),
  row("malformed-json", "400 for malformed JSON", malformedJson, refused(400)),
  row("no-provider", "400 without `provider`", withSettings(withoutName), refused(400)),
  row(
    "agentActions",
    "required, but official examples omit it",
    withSettings({ agentactionspermitted: undefined }),
    accepted("optional", "required"),
  ),
  row(
    "httpEndpoints",
    "`https`",
    withSettings({ endpoint: settings.endpoint.replace("https:", "http:") }),
    accepted("accept", "refuse"),
  ),
  row("largest-body", "100 KB: success for 100,000 bytes", withSize(100_000), success),
  row("too-large-body", "413 or 417 for 110,000 bytes", withSize(110_000), refused(413, 417)),
];
