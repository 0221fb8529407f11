import { randomBytes } from "node:crypto";
import { defaultPermissions } from "../../provider/contract/permissions";
import { resetSettings, toProviderSettings } from "../../provider/registration/provider-settings";
import { type Delivery, formerHeader, labelHeader } from "./callbacks";
import { type Exchange, NotAskedError, type Session } from "./session";

/** What a run can send. Several probes may read one answer. */
export interface Question<Answer extends { evidence: string }> {
  /** For documents, after "Sends". */
  sends: string;
  /**
   * What must exist before it is asked: client credentials, a first registration that VCC has accepted, or a
   * receiver of callbacks too.
   */
  needs: "nothing" | "client" | "registration" | "callbacks";
  ask(session: Session): Promise<Answer>;
}

export interface CallbackAnswer {
  deliveries: Delivery[];
  evidence: string;
}

type Needs = Question<Exchange>["needs"];

const exchange = (sends: string, needs: Needs, ask: (session: Session) => Promise<Exchange>) =>
  ({ sends, needs, ask }) satisfies Question<Exchange>;

const callbacks = (sends: string, ask: (session: Session) => Promise<CallbackAnswer>) =>
  ({ sends, needs: "callbacks", ask }) satisfies Question<CallbackAnswer>;

/** The body of Register without the name, in the wire format. */
function settings(endpoint: string, headers: Record<string, string> = { [labelHeader]: "first" }) {
  const { provider, ...rest } = toProviderSettings({
    provider: "",
    endpoint,
    headers,
    agentActionsPermitted: defaultPermissions,
  });
  return rest;
}

/** A valid registration, padded with whitespace, so that nothing but its size can be refused. */
function registerWithSize({ names, endpoint, post }: Session, bytes: number): Promise<Exchange> {
  const body = JSON.stringify({ provider: names.base, ...settings(endpoint) });
  return post("/Register", body.padEnd(bytes));
}

const registerAgain =
  (headers: Record<string, string | null>) =>
  ({ names, endpoint, register }: Session) =>
    register(names.base, settings(endpoint), headers);

/** A token endpoint need not know it, and no client of anybody is locked out. */
const madeUpClient = () => ({
  client_id: `pulumi-vcc-conformance-${randomBytes(4).toString("hex")}`,
  client_secret: randomBytes(16).toString("hex"),
});

const madeUpToken = () => `pulumi-vcc-conformance-${randomBytes(16).toString("hex")}`;

async function registerForCallbacks(
  { register, listening }: Session,
  name: string,
  headers: Record<string, string>,
  endpoint = listening?.callbacks.url ?? "",
): Promise<void> {
  const { response, evidence } = await register(name, settings(endpoint, headers));
  if (response.status >= 300) throw new NotAskedError(`Register was refused: ${evidence}`);
}

/** Registers two names with different labels, and invokes the first. */
async function compareNames(session: Session, first: string, second: string) {
  await registerForCallbacks(session, first, { [labelHeader]: "first name" });
  await registerForCallbacks(session, second, { [labelHeader]: "second name" });
  return session.invoke(first);
}

export const questions = {
  token: exchange("the documented token request", "client", ({ token }) => token()),
  otherAuthentication: exchange(
    "the documented token request, with the client in the other place: form or HTTP Basic",
    "client",
    ({ requestToken, clientAuthentication }) =>
      requestToken({ authentication: clientAuthentication === "form" ? "basic" : "form" }),
  ),
  wrongScope: exchange("a token request with an unknown scope", "client", ({ requestToken }) =>
    requestToken({ form: { scope: "pulumi-vcc:conformance" } }),
  ),
  wrongGrantType: exchange(
    "a token request with an unknown grant type",
    "client",
    ({ requestToken }) => requestToken({ form: { grant_type: "pulumi_vcc_conformance" } }),
  ),
  wrongClient: exchange("a token request of a made-up client", "nothing", ({ requestToken }) =>
    requestToken({ authentication: "form", form: madeUpClient() }),
  ),
  register: exchange("a registration of a new name", "nothing", ({ names, endpoint, register }) =>
    register(names.base, settings(endpoint)),
  ),
  noToken: exchange(
    "a registration without `Authorization`",
    "nothing",
    registerAgain({ authorization: null }),
  ),
  wrongToken: exchange("a registration with a made-up token", "nothing", (session) =>
    registerAgain({ authorization: `Bearer ${madeUpToken()}` })(session),
  ),
  registerAgain: exchange(
    "the same registration again, with other headers",
    "registration",
    ({ names, endpoint, register }) =>
      register(names.base, settings(endpoint, { [labelHeader]: "again" })),
  ),
  lowerCasePath: exchange(
    "a registration to `/register`",
    "registration",
    ({ names, endpoint, post }) =>
      post("/register", JSON.stringify({ provider: names.base, ...settings(endpoint) })),
  ),
  noAccept: exchange(
    "a registration without `Accept`",
    "registration",
    registerAgain({ accept: null }),
  ),
  otherAccept: exchange(
    "a registration with `Accept: application/json`",
    "registration",
    registerAgain({ accept: "application/json" }),
  ),
  charset: exchange(
    "a registration with `Content-Type: application/json; charset=utf-8`",
    "registration",
    registerAgain({ "content-type": "application/json; charset=utf-8" }),
  ),
  otherContentType: exchange(
    "a registration with `Content-Type: text/plain`",
    "registration",
    registerAgain({ "content-type": "text/plain" }),
  ),
  malformedJson: exchange(
    "a registration without its last character",
    "registration",
    ({ names, endpoint, post }) =>
      post(
        "/Register",
        JSON.stringify({ provider: names.base, ...settings(endpoint) }).slice(0, -1),
      ),
  ),
  // If VCC accepts it, nobody can reset it: so it has no endpoint.
  noProvider: exchange("a registration without a name", "registration", ({ post }) => {
    const { provider, ...rest } = resetSettings("");
    return post("/Register", JSON.stringify(rest));
  }),
  noAgentActions: exchange(
    "a registration without `agentactionspermitted`",
    "registration",
    ({ names, endpoint, register }) => {
      const { agentactionspermitted, ...rest } = settings(endpoint);
      return register(names.base, rest);
    },
  ),
  httpEndpoint: exchange(
    "a registration with an `http` endpoint",
    "registration",
    ({ names, endpoint, register }) =>
      register(names.base, settings(endpoint.replace(/^https?:/i, "http:"))),
  ),
  largestBody: exchange("a registration of 100,000 bytes", "registration", (session) =>
    registerWithSize(session, 100_000),
  ),
  body101: exchange("a registration of 101,000 bytes", "registration", (session) =>
    registerWithSize(session, 101_000),
  ),
  tooLargeBody: exchange("a registration of 110,000 bytes", "registration", (session) =>
    registerWithSize(session, 110_000),
  ),
  invoke: callbacks("a registration with two headers, and an Invoke", async (session) => {
    const headers = { [labelHeader]: "invoke", [formerHeader]: "invoke" };
    await registerForCallbacks(session, session.names.base, headers);
    return session.invoke(session.names.base);
  }),
  replacedHeaders: callbacks(
    "the registration without one of the headers, and an Invoke",
    async (session) => {
      await registerForCallbacks(session, session.names.base, { [labelHeader]: "second" });
      return session.invoke(session.names.base);
    },
  ),
  nameCase: callbacks(
    "registrations of a name in lower and in upper case, and an Invoke of the first",
    (session) => compareNames(session, session.names.base, session.names.upperCase),
  ),
  nameBlank: callbacks(
    "registrations of a name without and with a space at its end, and an Invoke of the first",
    (session) => compareNames(session, session.names.base, session.names.blank),
  ),
  nameUnicode: callbacks(
    "registrations of a name with a composed and a decomposed é, and an Invoke of the first",
    (session) => compareNames(session, session.names.composed, session.names.decomposed),
  ),
  clearedEndpoint: callbacks(
    "the registration without an endpoint, and an Invoke",
    async (session) => {
      // Otherwise silence would prove nothing.
      if (!session.hasReceived()) throw new NotAskedError("no callback has arrived before");
      const { endpoint, ...rest } = settings("", { [labelHeader]: "without endpoint" });
      const { response, evidence } = await session.register(session.names.base, rest);
      if (response.status >= 300) throw new NotAskedError(`Register was refused: ${evidence}`);
      return session.invoke(session.names.base);
    },
  ),
};
