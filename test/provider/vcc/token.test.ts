import { Agent } from "undici";
import { startEmulator } from "../../../emulator";
import {
  ApiError,
  AuthenticationError,
  DeadlineError,
  NetworkError,
  ProtocolError,
} from "../../../provider/errors";
import type { HttpResponse } from "../../../provider/vcc/response";
import { createTokenSource } from "../../../provider/vcc/token";
import type { HttpRequest } from "../../../provider/vcc/transport";
import { exchange } from "../../../provider/vcc/transport";

const client = { clientId: "id", clientSecret: "client-secret-canary" };
const authUrl = "https://emea.cc.vonage.com/Auth/connect/token";
const connection = {
  authUrl,
  clientAuthentication: "form",
  totalTimeoutMs: 300_000,
} as const;
const noDeadline = Number.POSITIVE_INFINITY;

/** Returns the next response for each request, or throws the next error. */
function server(...responses: Array<Partial<HttpResponse> | Error>) {
  const requests: HttpRequest[] = [];
  return {
    requests,
    async send(request: HttpRequest): Promise<HttpResponse> {
      requests.push(request);
      const response = responses[requests.length - 1];
      if (response instanceof Error || response === undefined) throw response;
      return {
        status: 200,
        headers: { "content-type": "application/json" },
        body: "",
        ...response,
      };
    },
  };
}

const token = (value: string, lifetimeS?: number) => ({
  body: JSON.stringify({
    access_token: value,
    token_type: "bearer",
    ...(lifetimeS !== undefined && { expires_in: lifetimeS }),
  }),
});

function clock() {
  let nowMs = 1_000_000;
  return { now: () => nowMs, advance: (seconds: number) => (nowMs += seconds * 1000) };
}

describe("token source", () => {
  it("requests the documented scope with ID and secret in the form", async () => {
    const { requests, send } = server(token("t", 7200));
    await createTokenSource(client, connection, send, Date.now).token(noDeadline);
    expect(requests).toHaveLength(1);
    expect(requests[0]?.url).toBe(authUrl);
    expect(Object.fromEntries(new URLSearchParams(requests[0]?.body))).toEqual({
      grant_type: "client_credentials",
      client_id: "id",
      client_secret: "client-secret-canary",
      scope: "interactions:write",
    });
  });

  it("gets a token that the emulator accepts", async () => {
    const emulator = await startEmulator(client);
    const dispatcher = new Agent();
    try {
      for (const clientAuthentication of ["form", "basic"] as const) {
        const source = createTokenSource(
          client,
          { ...connection, authUrl: emulator.authUrl, clientAuthentication },
          (outgoing) => exchange(outgoing, { dispatcher }, 5000),
          Date.now,
        );
        await expect(source.token(noDeadline)).resolves.toMatch(/^emulator-token-/);
      }
    } finally {
      await dispatcher.close();
      await emulator.close();
    }
  });

  it("authenticates with HTTP Basic, form-encoded first", async () => {
    const { requests, send } = server(token("t", 7200));
    const odd = { clientId: "id:1", clientSecret: "s/+ 1" };
    const basic = { ...connection, clientAuthentication: "basic" } as const;
    await createTokenSource(odd, basic, send, Date.now).token(noDeadline);
    const [, encoded = ""] = /^Basic (.+)$/.exec(requests[0]?.headers.authorization ?? "") ?? [];
    expect(Buffer.from(encoded, "base64").toString()).toBe("id%3A1:s%2F%2B+1");
    expect(requests[0]?.body).not.toContain("client_secret");
  });

  it("never returns a discarded token", async () => {
    const { requests, send } = server(token("first", 7200), token("second", 7200));
    const source = createTokenSource(client, connection, send, Date.now);
    const first = await source.token(noDeadline);
    expect(source.forget(first)).toBe(true);
    expect(await Promise.all([source.token(noDeadline), source.token(noDeadline)])).toEqual([
      "second",
      "second",
    ]);
    // Another registration was rejected with the first token, too.
    expect(source.forget(first)).toBe(true);
    await expect(source.token(noDeadline)).resolves.toBe("second");
    expect(requests).toHaveLength(2);
    expect(
      createTokenSource({ accessToken: "own" }, connection, send, Date.now).forget("own"),
    ).toBe(false);
  });

  it.each([
    ["invalid_scope", "Ask for an API client with the scope interactions:write"],
    ["invalid_client", "Check the client ID and secret"],
    ["unauthorized_client", "Ask for an API client with the grant type client_credentials"],
    ["unsupported_grant_type", "Check vcc:authUrl"],
    ["server_error", "Check the client ID and secret"],
  ])("reports the next step after %s", async (error, nextStep) => {
    const { send } = server({ status: 400, body: JSON.stringify({ error }) });
    const failure = createTokenSource(client, connection, send, Date.now).token(noDeadline);
    await expect(failure).rejects.toThrow(`400 Bad Request: "${error}". ${nextStep}`);
  });

  it("shares one request between concurrent callers", async () => {
    const { requests, send } = server(token("t", 7200));
    const source = createTokenSource(client, connection, send, Date.now);
    await expect(
      Promise.all([source.token(noDeadline), source.token(noDeadline), source.token(noDeadline)]),
    ).resolves.toEqual(["t", "t", "t"]);
    expect(requests).toHaveLength(1);
  });

  it.each([
    ["a minute before it expires", 7200, 7139],
    ["nine tenths of a short lifetime", 10, 8],
    ["a minute before 15 minutes if no lifetime is stated", undefined, 839],
  ])("caches a token until %s", async (_case, lifetimeS, lastUsableS) => {
    const { now, advance } = clock();
    const { send } = server(token("first", lifetimeS), token("second", lifetimeS));
    const source = createTokenSource(client, connection, send, now);
    await source.token(noDeadline);
    advance(lastUsableS);
    await expect(source.token(noDeadline)).resolves.toBe("first");
    advance(1);
    await expect(source.token(noDeadline)).resolves.toBe("second");
  });

  it("gives the shared request a timeout of its own", async () => {
    const deadlines: number[] = [];
    const { send } = server(token("t", 7200));
    const source = createTokenSource(
      client,
      connection,
      (request, deadlineAtMs) => {
        deadlines.push(deadlineAtMs);
        return send(request);
      },
      () => 1000,
    );
    await expect(Promise.all([source.token(1010), source.token(noDeadline)])).resolves.toEqual([
      "t",
      "t",
    ]);
    expect(deadlines).toEqual([1000 + connection.totalTimeoutMs]);
  });

  it.each(["null", "-1", "0", '"abc"', "{}", "1e999"])(
    "treats a lifetime of %s as missing, since the token may be valid",
    async (expiresIn) => {
      const { now, advance } = clock();
      const body = `{"access_token":"t","token_type":"bearer","expires_in":${expiresIn}}`;
      const { requests, send } = server({ body }, token("second", 900));
      const source = createTokenSource(client, connection, send, now);
      await expect(source.token(noDeadline)).resolves.toBe("t");
      advance(839);
      await source.token(noDeadline);
      expect(requests).toHaveLength(1);
    },
  );

  it.each([201, 204, 205, 226])("rejects a token with the status %i", async (status) => {
    const { send } = server({ ...token("canary", 900), status });
    const failure = createTokenSource(client, connection, send, Date.now).token(noDeadline);
    await expect(failure).rejects.toBeInstanceOf(ProtocolError);
    await expect(failure).rejects.toThrow(`${status}, but the response is not an OAuth 2.0 token`);
  });

  it("reports a truncated token response as a network error", async () => {
    const bodyError = new NetworkError("cut", { maybeSent: true });
    const { send } = server({ body: '{"access_', bodyError });
    const failure = createTokenSource(client, connection, send, Date.now).token(noDeadline);
    await expect(failure).rejects.toBe(bodyError);
  });

  it("lets each caller keep its own deadline", async () => {
    const source = createTokenSource(client, connection, () => new Promise(() => {}), Date.now);
    const longer = source.token(Date.now() + 200);
    await expect(source.token(Date.now() + 20)).rejects.toBeInstanceOf(DeadlineError);
    await expect(longer).rejects.toBeInstanceOf(DeadlineError);
    await expect(source.token(Date.now() - 1000)).rejects.toBeInstanceOf(DeadlineError);
  });

  it("does not cache a failure", async () => {
    const { send } = server(new NetworkError("reset", { maybeSent: false }), token("t", 7200));
    const source = createTokenSource(client, connection, send, Date.now);
    await expect(source.token(noDeadline)).rejects.toBeInstanceOf(NetworkError);
    await expect(source.token(noDeadline)).resolves.toBe("t");
  });

  it("returns a configured access token without a request", async () => {
    const { requests, send } = server();
    const source = createTokenSource({ accessToken: "own" }, connection, send, Date.now);
    await expect(source.token(noDeadline)).resolves.toBe("own");
    expect(requests).toEqual([]);
  });

  it.each([400, 401])(
    "reports what to check after rejected credentials, with %i",
    async (status) => {
      const { send } = server({
        status,
        headers: { "content-type": "application/json", "www-authenticate": "Basic" },
        body: '{"error":"invalid_client","error_description":"client-secret-canary is wrong"}',
      });
      const failure = createTokenSource(client, connection, send, Date.now).token(noDeadline);
      await expect(failure).rejects.toBeInstanceOf(AuthenticationError);
      await expect(failure).rejects.toThrow(
        /^\[POST\] https:\/\/emea\.cc\.vonage\.com\/Auth\/connect\/token: 40[01] .*"invalid_client: … is wrong"\. Check the client ID/,
      );
    },
  );

  it("shows no credentials of HTTP Basic", async () => {
    const send = async ({ headers }: HttpRequest) => ({
      status: 400,
      headers: {},
      body: `${headers.authorization}, client-secret-canary: no`,
    });
    const endpoint = { ...connection, clientAuthentication: "basic" } as const;
    const failure = createTokenSource(client, endpoint, send, Date.now).token(noDeadline);
    await expect(failure).rejects.toThrow('400 Bad Request: "Basic …: no". Check');
  });

  it.each([
    [404, "VCC does not document this status for this endpoint; check the region and the URL"],
    [500, "VCC has a problem; run again later"],
    [429, "All VCC APIs of the account share this limit"],
  ])("does not blame the credentials for %i", async (status, nextStep) => {
    const { send } = server({ status });
    const failure = createTokenSource(client, connection, send, Date.now).token(noDeadline);
    await expect(failure).rejects.toBeInstanceOf(ApiError);
    await expect(failure).rejects.toThrow(nextStep);
  });

  it("reports a server error as retryable", async () => {
    const { send } = server({ status: 503 });
    const failure = createTokenSource(client, connection, send, Date.now).token(noDeadline);
    await expect(failure).rejects.toBeInstanceOf(ApiError);
    await expect(failure).rejects.toMatchObject({ retryable: true, status: 503 });
  });

  it.each([
    [{ body: "\ufeff<html>Sign in</html>" }, "200, but the response is a web page from"],
    [
      { body: "Sign in", headers: { "content-type": "text/HTML" } },
      "200, but the response is a web",
    ],
    [
      { status: 202, body: "<html>" },
      "202, but the response is a web page from emea.cc.vonage.com",
    ],
  ])("names the host of a web page: %j", async (page, message) => {
    const { send } = server(page);
    const failure = createTokenSource(client, connection, send, Date.now).token(noDeadline);
    await expect(failure).rejects.toBeInstanceOf(ProtocolError);
    await expect(failure).rejects.toThrow(`[POST] ${authUrl}: ${message}`);
  });

  it("reports the error in a response with status 200", async () => {
    const { send } = server({ body: '{"error":"invalid_client"}' });
    const failure = createTokenSource(client, connection, send, Date.now).token(noDeadline);
    await expect(failure).rejects.toBeInstanceOf(AuthenticationError);
    await expect(failure).rejects.toThrow('200 OK: "invalid_client". Check the client ID');
  });

  it.each([
    { refresh_token: null },
    { scope: ["interactions:write"] },
    { scope: null, id_token: "x", refresh_token: 7, issued_token_type: {} },
    { error: null, errors: [], token_type: "BEARER" },
    { expires_in: "7200" },
  ])("ignores members that it does not use: %j", async (members) => {
    const body = JSON.stringify({ access_token: "t", token_type: "bearer", ...members });
    const { send } = server({ body, headers: { "content-type": "text/plain" } });
    await expect(
      createTokenSource(client, connection, send, Date.now).token(noDeadline),
    ).resolves.toBe("t");
  });

  it.each([
    ["HTML", "<html>Welcome</html>"],
    ["no token", '{"token_type":"bearer"}'],
    ["no token type", '{"access_token":"canary"}'],
    ["a token that is no text", '{"access_token":{"canary":1},"token_type":"bearer"}'],
    ["null", "null"],
    ["a list", '["canary"]'],
  ])("rejects a response with %s without showing it", async (_case, body) => {
    const { send } = server({ body });
    const failure = createTokenSource(client, connection, send, Date.now).token(noDeadline);
    await expect(failure).rejects.toBeInstanceOf(ProtocolError);
    await expect(failure).rejects.not.toThrow(/canary/);
  });

  it.each(["DPoP", "dpop", "mac", "N_A"])("rejects a token of the type %s", async (type) => {
    const { send } = server({
      body: JSON.stringify({ access_token: "canary", token_type: type, expires_in: 900 }),
    });
    const failure = createTokenSource(client, connection, send, Date.now).token(noDeadline);
    await expect(failure).rejects.toBeInstanceOf(ProtocolError);
    await expect(failure).rejects.toThrow(
      `[POST] ${authUrl}: 200, but the token is not of the type Bearer`,
    );
    await expect(failure).rejects.not.toThrow(/canary/);
  });

  it.each(["Bearer", "bearer", "BEARER"])("accepts a token of the type %s", async (type) => {
    const { send } = server({ body: JSON.stringify({ access_token: "t", token_type: type }) });
    await expect(
      createTokenSource(client, connection, send, Date.now).token(noDeadline),
    ).resolves.toBe("t");
  });
});
