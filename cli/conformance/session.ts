import { randomBytes } from "node:crypto";
import { setMaxListeners } from "node:events";
import { ClientSecretBasic } from "oauth4webapi";
import type { Clock } from "../../provider/client/clock";
import { raceAgainst } from "../../provider/client/deadline";
import { createNetwork } from "../../provider/client/network";
import { describeResponse, type HttpResponse, quote } from "../../provider/client/response";
import { retryAfterMs } from "../../provider/client/retry";
import { createThrottle } from "../../provider/client/throttle";
import { createTokenSource } from "../../provider/client/token";
import { exchange, type HttpRequest } from "../../provider/client/transport";
import type { Connection } from "../../provider/config/connection";
import type { Credentials } from "../../provider/config/credentials";
import { headerSecrets } from "../../provider/registration/headers";
import { resetSettings } from "../../provider/registration/provider-settings";
import type { Callbacks, Delivery } from "./callbacks";
import type { Journal } from "./journal";

/** Including tokens, resets and what VCC refuses. */
export const maxRequests = 60;
/** The token and one repetition, for the resets. */
const reservedRequests = 2;
const maxRepetitions = 3;
/** After a 429 that does not say how long: the limit is quoted per minute. Unit: milliseconds. */
const defaultHoldMs = 60_000;
/** RFC 2606 reserves this name, so that no notification ever arrives anywhere. */
const reservedEndpoint = "https://pulumi-vcc-conformance.example/vcc";

export interface SessionOptions {
  connection: Connection;
  credentials: Credentials;
  /** How messages name the setting of the certificate file. @default "vcc:caFile" */
  caFileLabel?: string | undefined;
  clock: Clock;
  journal: Journal;
  /** Ends the questions, not the resets. */
  signal: AbortSignal;
  /** A public name of this run. */
  run: string;
  requestsPerMinute: number;
  /** Unit: milliseconds. */
  attemptTimeoutMs: number;
  /** @default a reserved host name */
  endpoint?: string | undefined;
  /** @default callbacks are not asked about */
  listening?: Listening | undefined;
}

interface Listening {
  callbacks: Callbacks;
  /** The route to which interactions are dispatched. */
  route: string;
  /** How long a registration may take to have an effect. Unit: milliseconds. */
  propagationMs: number;
}

/** A response, and what may be shown of it. */
export interface Exchange {
  response: HttpResponse;
  evidence: string;
}

/** Why a question was not asked. */
export class NotAskedError extends Error {
  /** @param isLimit whether nothing else can be asked either */
  constructor(
    message: string,
    readonly isLimit = false,
  ) {
    super(message);
  }
}

type HeaderChanges = Record<string, string | null>;

export interface Session {
  /** Throw-away names of this run. */
  readonly names: Record<"base" | "upperCase" | "blank" | "composed" | "decomposed", string>;
  readonly endpoint: string;
  readonly listening: Listening | undefined;
  readonly hasClient: boolean;
  /** How the configured client authenticates. */
  readonly clientAuthentication: Connection["clientAuthentication"];
  /** The number of requests so far. */
  requests(): number;
  /** What is reset at the end, including the names that earlier runs left. */
  sentNames(): string[];
  /** The last 429, if there was one. */
  limited(): Exchange | undefined;
  /** The last response that contained a token. Requests one if there is none. */
  token(): Promise<Exchange>;
  /** Asks the token endpoint once, with changes of the documented request. */
  requestToken(changes: {
    form?: Record<string, string>;
    authentication?: Connection["clientAuthentication"];
  }): Promise<Exchange>;
  /** Posts to the API with a valid token, unless `headers` says otherwise. `null` omits a header. */
  post(path: string, body: string, headers?: HeaderChanges): Promise<Exchange>;
  /** Registers a name, which is reset at the end. */
  register(
    name: string,
    settings: Record<string, unknown>,
    headers?: HeaderChanges,
  ): Promise<Exchange>;
  /** Whether a callback has arrived. */
  hasReceived(): boolean;
  /** Dispatches and releases an interaction, and returns the notifications of it. */
  invoke(name: string): Promise<{ deliveries: Delivery[]; evidence: string }>;
  /** Resets all names of this run and those that earlier runs left. @returns those that it could not */
  reset(): Promise<string[]>;
  close(): Promise<void>;
}

/** Sends the requests of one run, one at a time and evenly spaced. */
export function createSession({
  connection,
  credentials,
  caFileLabel,
  clock,
  journal,
  signal,
  run,
  requestsPerMinute,
  attemptTimeoutMs,
  endpoint = reservedEndpoint,
  listening,
}: SessionOptions): Session {
  const { apiUrl, authUrl, totalTimeoutMs, caFile } = connection;
  const network = createNetwork({
    urls: [apiUrl, authUrl],
    connections: 1,
    caFile,
    caFileLabel,
    connectTimeoutMs: attemptTimeoutMs / 2,
  });
  const throttle = createThrottle(clock, Math.random);
  const client = "clientId" in credentials ? credentials : undefined;
  const secrets = new Set(client ? [client.clientSecret] : []);
  const sentNames = new Set(journal.earlierNames);
  let requests = 0;
  let nextAtMs = 0;
  let isResetting = false;
  let interactions = 0;
  let hasReceived = false;
  let lastToken: Exchange | undefined;
  let limited: Exchange | undefined;
  setMaxListeners(0, signal);

  const tokens = createTokenSource(
    credentials,
    connection,
    async (request) => {
      const response = await send(request);
      lastToken = observeToken(response, request.secrets);
      return response;
    },
    clock.now,
  );

  async function wait(untilMs: number, reason: string): Promise<void> {
    if (isResetting) return clock.waitUntil(untilMs, reason);
    signal.throwIfAborted();
    await raceAgainst(signal, clock.waitUntil(untilMs, reason));
  }

  /** Repeats what the account's limit refuses. A request that was sent is awaited, whatever happens. */
  async function send(request: HttpRequest): Promise<HttpResponse> {
    for (let repetition = 0; ; repetition += 1) {
      await wait(nextAtMs, "the pace of the requests");
      const ready = throttle.ready(clock.now() + totalTimeoutMs);
      await (isResetting ? ready : raceAgainst(signal, ready));
      const reserved = isResetting ? 0 : sentNames.size + reservedRequests;
      if (requests >= maxRequests - reserved) {
        throw new NotAskedError(`the limit of ${maxRequests} requests is used up`, true);
      }
      requests += 1;
      nextAtMs = clock.now() + 60_000 / requestsPerMinute;
      const response = await exchange(request, network, attemptTimeoutMs);
      throttle.observe(response);
      if (response.status !== 429) return response;
      limited = observe(response, request.secrets);
      if (repetition >= maxRepetitions) return response;
      if (retryAfterMs(response.headers) === undefined) {
        await wait(clock.now() + defaultHoldMs, "VCC limits the account's requests (429)");
      }
    }
  }

  /** A response that may contain a token, which is never shown. */
  function observeToken(response: HttpResponse, hidden: readonly string[]): Exchange {
    const shown = response.status < 300 ? { ...response, body: "" } : response;
    return observe(response, hidden, shown);
  }

  function observe(response: HttpResponse, hidden: readonly string[], shown = response): Exchange {
    const allSecrets = [...secrets, ...hidden];
    const { "content-type": type, "retry-after": retryAfter } = response.headers;
    const evidence = [
      describeResponse(shown, allSecrets),
      ...(type === undefined ? [] : [`Content-Type ${quote(type, allSecrets)}`]),
      ...(retryAfter === undefined ? [] : [`Retry-After ${quote(retryAfter, allSecrets)}`]),
      ...(response.body === "" ? ["no body"] : []),
      ...(response.bodyError === undefined ? [] : ["incomplete body"]),
    ];
    return { response, evidence: evidence.join(", ") };
  }

  async function postOnce(path: string, body: string, changes: HeaderChanges, token: string) {
    const headers = Object.entries({
      accept: "application/vnd.newvoicemedia.v1+json",
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      ...changes,
    }).filter((entry): entry is [string, string] => entry[1] !== null);
    const request = { url: `${apiUrl}${path}`, headers: Object.fromEntries(headers), body };
    return observe(await send({ ...request, secrets: [...secrets, token] }), [token]);
  }

  async function post(path: string, body: string, changes: HeaderChanges = {}): Promise<Exchange> {
    const token = await tokens.token(clock.now() + totalTimeoutMs);
    const exchanged = await postOnce(path, body, changes, token);
    // The token may have expired. A second 401 has another cause.
    const usesToken = changes.authorization === undefined;
    if (!usesToken || exchanged.response.status !== 401 || !tokens.forget(token)) return exchanged;
    return postOnce(path, body, changes, await tokens.token(clock.now() + totalTimeoutMs));
  }

  async function register(
    name: string,
    settings: Record<string, unknown>,
    headers?: HeaderChanges,
  ) {
    if (!sentNames.has(name)) journal.note(name);
    sentNames.add(name);
    return post("/Register", JSON.stringify({ provider: name, ...settings }), headers);
  }

  return {
    names: {
      base: run,
      upperCase: run.toUpperCase(),
      blank: `${run} `,
      composed: `${run}-\u00e9`,
      decomposed: `${run}-e\u0301`,
    },
    endpoint,
    listening,
    hasClient: client !== undefined,
    clientAuthentication: connection.clientAuthentication,
    requests: () => requests,
    sentNames: () => [...sentNames],
    limited: () => limited,
    async token() {
      await tokens.token(clock.now() + totalTimeoutMs);
      if (lastToken === undefined) throw new NotAskedError("an access token is configured");
      return lastToken;
    },
    async requestToken({ form = {}, authentication = connection.clientAuthentication }) {
      const { clientId = "", clientSecret = "" } = client ?? {};
      const isForm = authentication === "form";
      const authorization = basicOf(clientId, clientSecret);
      const hidden = [clientSecret, ...headerSecrets({ authorization })];
      const response = await send({
        url: authUrl,
        headers: {
          accept: "application/json",
          "content-type": "application/x-www-form-urlencoded",
          ...(!isForm && { authorization }),
        },
        body: new URLSearchParams({
          grant_type: "client_credentials",
          scope: "interactions:write",
          ...(isForm && { client_id: clientId, client_secret: clientSecret }),
          ...form,
        }).toString(),
        secrets: hidden,
      });
      return observeToken(response, hidden);
    },
    post,
    register,
    hasReceived: () => hasReceived,
    async invoke(name) {
      if (listening === undefined) throw new NotAskedError("it needs --listen and --route");
      const { callbacks, route, propagationMs } = listening;
      await wait(clock.now() + propagationMs, "a registration may take time to have an effect");
      interactions += 1;
      const externalid = `${run}-${interactions}-${randomBytes(8).toString("hex")}`;
      const { response, evidence } = await post(
        "/Invoke",
        JSON.stringify({
          provider: name,
          requests: [
            { action: "dispatch", requestid: `${externalid}-1`, externalid, route },
            { action: "release", requestid: `${externalid}-2`, externalid, route },
          ],
        }),
      );
      if (response.status >= 300) throw new NotAskedError(`Invoke was refused: ${evidence}`);
      const deliveries = await raceAgainst(signal, callbacks.collect(externalid));
      hasReceived ||= deliveries.length > 0;
      return { deliveries, evidence: `${evidence}; ${describeDeliveries(deliveries)}` };
    },
    async reset() {
      isResetting = true;
      const notReset: string[] = [];
      // Without a token or a connection, each further attempt would fail like the first.
      let hasFailed = false;
      for (const name of sentNames) {
        const isReset =
          !hasFailed &&
          (await post("/Register", JSON.stringify(resetSettings(name))).then(
            ({ response }) => response.status < 300,
            () => {
              hasFailed = true;
              return false;
            },
          ));
        if (!isReset) notReset.push(name);
      }
      await journal.close(notReset);
      return notReset;
    },
    close: () => network.dispatcher.destroy(),
  };
}

/** As the client of registrations encodes it. */
function basicOf(clientId: string, clientSecret: string): string {
  const headers = new Headers();
  ClientSecretBasic(clientSecret)(
    { issuer: "" },
    { client_id: clientId },
    new URLSearchParams(),
    headers,
  );
  return headers.get("authorization") ?? "";
}

function describeDeliveries(deliveries: Delivery[]): string {
  if (deliveries.length === 0) return "no callback";
  const bodies = deliveries.map(({ notifications }) =>
    notifications === undefined
      ? "not the documented body"
      : `[${notifications.map(({ kind }) => kind).join(", ")}]`,
  );
  return `${deliveries.length === 1 ? "1 callback" : `${deliveries.length} callbacks`}: ${bodies.join(" ")}`;
}
