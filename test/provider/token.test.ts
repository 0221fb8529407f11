import { Agent } from "undici";
import { startEmulator } from "../../emulator";
import type { Answer } from "../../provider/answer";
import {
  ApiError,
  AuthenticationError,
  ContractError,
  DeadlineError,
  NetworkError,
} from "../../provider/errors";
import { createTokenSource } from "../../provider/token";
import type { OutgoingRequest } from "../../provider/transport";
import { exchange } from "../../provider/transport";

const client = { clientId: "id", clientSecret: "client-secret-canary" };
const authUrl = "https://emea.cc.vonage.com/Auth/connect/token";
const connection = { authUrl, clientAuthentication: "form" } as const;
const endMs = Number.POSITIVE_INFINITY;

/** Answers each request with the next of the bodies, or with an error. */
function server(...answers: Array<Partial<Answer> | Error>) {
  const requests: OutgoingRequest[] = [];
  return {
    requests,
    async send(request: OutgoingRequest): Promise<Answer> {
      requests.push(request);
      const answer = answers[requests.length - 1];
      if (answer instanceof Error || answer === undefined) throw answer;
      return {
        status: 200,
        headers: { "content-type": "application/json" },
        body: "",
        ...answer,
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
  it("asks for the documented scope with id and secret in the form", async () => {
    const { requests, send } = server(token("t", 7200));
    await createTokenSource(client, connection, send, Date.now).token(endMs);
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
          { authUrl: emulator.authUrl, clientAuthentication },
          (outgoing) => exchange(outgoing, dispatcher, 5000),
          Date.now,
        );
        await expect(source.token(endMs)).resolves.toMatch(/^emulator-token-/);
      }
    } finally {
      await dispatcher.close();
      await emulator.close();
    }
  });

  it("authenticates with HTTP Basic when told so, form-encoded within", async () => {
    const { requests, send } = server(token("t", 7200));
    const odd = { clientId: "id:1", clientSecret: "s/+ 1" };
    const basic = { ...connection, clientAuthentication: "basic" } as const;
    await createTokenSource(odd, basic, send, Date.now).token(endMs);
    const [, encoded = ""] = /^Basic (.+)$/.exec(requests[0]?.headers.authorization ?? "") ?? [];
    expect(Buffer.from(encoded, "base64").toString()).toBe("id%3A1:s%2F%2B+1");
    expect(requests[0]?.body).not.toContain("client_secret");
  });

  it("never returns a token again that it was told to forget", async () => {
    const { requests, send } = server(token("first", 7200), token("second", 7200));
    const source = createTokenSource(client, connection, send, Date.now);
    const first = await source.token(endMs);
    expect(source.forget(first)).toBe(true);
    expect(await Promise.all([source.token(endMs), source.token(endMs)])).toEqual([
      "second",
      "second",
    ]);
    // Somebody else was refused with the first one, too.
    expect(source.forget(first)).toBe(true);
    await expect(source.token(endMs)).resolves.toBe("second");
    expect(requests).toHaveLength(2);
    expect(
      createTokenSource({ accessToken: "own" }, connection, send, Date.now).forget("own"),
    ).toBe(false);
  });

  it.each([
    ["invalid_scope", "Ask for an API client that may use the scope interactions:write"],
    ["invalid_client", "Check the client id and secret"],
    ["unauthorized_client", "Ask for an API client that may use client credentials"],
    ["unsupported_grant_type", "Check vcc:authUrl"],
    ["something_else", "Check the client id and secret"],
  ])("tells the next step after %s", async (error, nextStep) => {
    const { send } = server({ status: 400, body: JSON.stringify({ error }) });
    const failure = createTokenSource(client, connection, send, Date.now).token(endMs);
    await expect(failure).rejects.toThrow(`400 Bad Request: "${error}". ${nextStep}`);
  });

  it("shares one request between concurrent callers", async () => {
    const { requests, send } = server(token("t", 7200));
    const source = createTokenSource(client, connection, send, Date.now);
    await expect(
      Promise.all([source.token(endMs), source.token(endMs), source.token(endMs)]),
    ).resolves.toEqual(["t", "t", "t"]);
    expect(requests).toHaveLength(1);
  });

  it.each([
    ["a minute before its end", 7200, 7139, 2],
    ["a tenth before its end when it is short", 10, 8, 2],
    ["after 15 minutes when no end is stated", undefined, 839, 2],
  ])("keeps a token until %s", async (_case, lifetimeS, lastUsableS, margin) => {
    const { now, advance } = clock();
    const { send } = server(token("first", lifetimeS), token("second", lifetimeS));
    const source = createTokenSource(client, connection, send, now);
    await source.token(endMs);
    advance(lastUsableS);
    await expect(source.token(endMs)).resolves.toBe("first");
    advance(margin);
    await expect(source.token(endMs)).resolves.toBe("second");
  });

  it("asks again for whoever has more time than the first", async () => {
    const ends: number[] = [];
    const source = createTokenSource(
      client,
      connection,
      async (_outgoing, endMs) => {
        ends.push(endMs);
        if (endMs < 2) throw new DeadlineError("too late");
        return {
          status: 200,
          headers: { "content-type": "application/json" },
          ...token("t", 7200),
        };
      },
      () => 0,
    );
    const [first, second, third] = [source.token(1), source.token(2), source.token(3)];
    await expect(first).rejects.toBeInstanceOf(DeadlineError);
    await expect(Promise.all([second, third])).resolves.toEqual(["t", "t"]);
    expect(ends).toEqual([1, 2]);
  });

  it.each(["null", "-1", "0", '"abc"', "{}"])(
    "takes a lifetime of %s for unstated, since the token may be good",
    async (expiresIn) => {
      const { now, advance } = clock();
      const body = `{"access_token":"t","token_type":"bearer","expires_in":${expiresIn}}`;
      const { requests, send } = server({ body }, token("second", 900));
      const source = createTokenSource(client, connection, send, now);
      await expect(source.token(endMs)).resolves.toBe("t");
      advance(839);
      await source.token(endMs);
      expect(requests).toHaveLength(1);
    },
  );

  it.each([201, 204, 205, 226])("takes %i for no token", async (status) => {
    const { send } = server({ ...token("canary", 900), status });
    const failure = createTokenSource(client, connection, send, Date.now).token(endMs);
    await expect(failure).rejects.toBeInstanceOf(ContractError);
    await expect(failure).rejects.toThrow(`${status}, but the answer is no OAuth 2.0 token`);
  });

  it("reports a token that was cut short as what the network did", async () => {
    const broken = new NetworkError("cut", { sent: true });
    const { send } = server({ body: '{"access_', broken });
    const failure = createTokenSource(client, connection, send, Date.now).token(endMs);
    await expect(failure).rejects.toBe(broken);
  });

  it("does not keep whoever shares a request longer than its time", async () => {
    const source = createTokenSource(client, connection, () => new Promise(() => {}), Date.now);
    const longer = source.token(Date.now() + 200);
    await expect(source.token(Date.now() + 20)).rejects.toBeInstanceOf(DeadlineError);
    await expect(longer).rejects.toBeInstanceOf(DeadlineError);
  });

  it("does not keep a failure", async () => {
    const { send } = server(new NetworkError("reset", { sent: false }), token("t", 7200));
    const source = createTokenSource(client, connection, send, Date.now);
    await expect(source.token(endMs)).rejects.toBeInstanceOf(NetworkError);
    await expect(source.token(endMs)).resolves.toBe("t");
  });

  it("uses a given access token as it is and sends nothing", async () => {
    const { requests, send } = server();
    const source = createTokenSource({ accessToken: "own" }, connection, send, Date.now);
    await expect(source.token(endMs)).resolves.toBe("own");
    expect(requests).toEqual([]);
  });

  it.each([400, 401])("reports refused credentials at %i with what to check", async (status) => {
    const { send } = server({
      status,
      headers: { "content-type": "application/json", "www-authenticate": "Basic" },
      body: '{"error":"invalid_client","error_description":"client-secret-canary is wrong"}',
    });
    const failure = createTokenSource(client, connection, send, Date.now).token(endMs);
    await expect(failure).rejects.toBeInstanceOf(AuthenticationError);
    await expect(failure).rejects.toThrow(
      /^\[POST\] https:\/\/emea\.cc\.vonage\.com\/Auth\/connect\/token: 40[01] .*"invalid_client: \[secret\] is wrong"\. Check the client id/,
    );
  });

  it.each([
    [404, "VCC documents no such answer here; check the region and the URL"],
    [429, "The limit is shared by all VCC APIs of the account"],
  ])("does not blame the credentials for %i", async (status, nextStep) => {
    const { send } = server({ status });
    const failure = createTokenSource(client, connection, send, Date.now).token(endMs);
    await expect(failure).rejects.toBeInstanceOf(ApiError);
    await expect(failure).rejects.toThrow(nextStep);
  });

  it("calls an error of the server retryable", async () => {
    const { send } = server({ status: 503 });
    const failure = createTokenSource(client, connection, send, Date.now).token(endMs);
    await expect(failure).rejects.toBeInstanceOf(ApiError);
    await expect(failure).rejects.toMatchObject({ retryable: true, status: 503 });
  });

  it.each([
    ["HTML", "<html>Welcome</html>"],
    ["no token", '{"token_type":"bearer"}'],
    ["another token type", '{"access_token":"canary","token_type":"mac"}'],
  ])("refuses an answer with %s without showing it", async (_case, body) => {
    const { send } = server({ body });
    const failure = createTokenSource(client, connection, send, Date.now).token(endMs);
    await expect(failure).rejects.toBeInstanceOf(ContractError);
    await expect(failure).rejects.not.toThrow(/canary/);
  });
});
