import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { type Emulator, startEmulator } from "../../emulator";
import type { Connection } from "../../provider/connection";
import {
  ApiError,
  AuthenticationError,
  ContractError,
  NetworkError,
  UnacknowledgedError,
  type VccError,
} from "../../provider/errors";
import { createRegisterClient } from "../../provider/register-client";
import type { Clock } from "../../provider/retry";
import type { ProviderSettings } from "../../provider/settings";

const settings: ProviderSettings = {
  provider: "Crm",
  endpoint: "https://crm.example.com/vcc",
  headers: { Authorization: "Bearer header-canary" },
  agentactionspermitted: { release: 1, hold: 0, transferToAgent: 0, transferToRoute: 0 },
};
const untroubled: Clock = { now: Date.now, waitUntil: async () => {} };
const cleanUps: Array<() => Promise<unknown>> = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function emulatorFor(clientSecret = "client-canary"): Promise<Emulator> {
  const emulator = await startEmulator({ clientId: "id", clientSecret });
  cleanUps.push(() => emulator.close());
  return emulator;
}

async function serverWith(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  cleanUps.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function clientOf(
  { apiUrl, authUrl }: { apiUrl: string; authUrl: string },
  credentials: Parameters<typeof createRegisterClient>[1] = {
    clientId: "id",
    clientSecret: "client-canary",
  },
  { deadlineMs = 300_000, clock = untroubled }: { deadlineMs?: number; clock?: Clock } = {},
) {
  const connection: Connection = {
    region: "emea",
    apiUrl,
    authUrl,
    clientAuthentication: "form",
    maxConcurrency: 4,
    deadlineMs,
  };
  const options = { clock, attempts: 3, random: () => 0, timeoutMs: 300 };
  const client = createRegisterClient(connection, credentials, options);
  cleanUps.push(() => client.close());
  return client;
}

/** A client with a token of its own, whose API answers as told, once per request. */
async function clientAnsweredWith(...answers: RequestListener[]) {
  let requests = 0;
  const url = await serverWith((request, response) => {
    request.resume().on("end", () => {
      const answer = answers[Math.min(requests, answers.length - 1)];
      requests += 1;
      answer?.(request, response);
    });
  });
  const client = clientOf({ apiUrl: url, authUrl: url }, { accessToken: "token-canary" });
  return { client, url, requests: () => requests };
}

const reset: RequestListener = (request) => request.socket.destroy();

const status =
  (code: number, body = "", headers = {}): RequestListener =>
  (_request, response) =>
    response.writeHead(code, headers).end(body);

describe("register client", () => {
  it("registers the settings as they are", async () => {
    const emulator = await emulatorFor();
    await clientOf(emulator).register(settings);
    expect(emulator.registrations()).toEqual([settings]);
  });

  it("makes one token request for many registrations at once", async () => {
    const emulator = await emulatorFor();
    const client = clientOf(emulator);
    await Promise.all(
      Array.from({ length: 40 }, (_, n) => client.register({ ...settings, provider: `Crm ${n}` })),
    );
    expect(emulator.registrations()).toHaveLength(40);
    expect(emulator.requests().filter(({ path }) => path.includes("token"))).toHaveLength(1);
  });

  it("opens no more connections than allowed", async () => {
    let open = 0;
    let most = 0;
    const { client } = await clientAnsweredWith((_request, response) => {
      open += 1;
      most = Math.max(most, open);
      setImmediate(() => {
        open -= 1;
        response.end();
      });
    });
    await Promise.all(Array.from({ length: 40 }, () => client.register(settings)));
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(4);
  });

  it("sends no Expect header", async () => {
    let headers: unknown;
    const { client } = await clientAnsweredWith((request, response) => {
      headers = request.headers;
      response.end();
    });
    await client.register(settings);
    expect(headers).toMatchObject({ accept: "application/vnd.newvoicemedia.v1+json" });
    expect(headers).not.toHaveProperty("expect");
  });

  it.each([
    [200, ""],
    [201, "{}"],
    [202, "<html>"],
    [204, ""],
  ])("takes %i with body %j for success", async (code, body) => {
    const { client, requests } = await clientAnsweredWith(status(code, body));
    await expect(client.register(settings)).resolves.toBeUndefined();
    expect(requests()).toBe(1);
  });

  it.each([408, 429, 500, 502, 503, 504])("repeats after %i", async (code) => {
    const { client, requests } = await clientAnsweredWith(status(code), status(200));
    await client.register(settings);
    expect(requests()).toBe(2);
  });

  it("repeats after a reset connection", async () => {
    const { client, requests } = await clientAnsweredWith(reset, status(200));
    await client.register(settings);
    expect(requests()).toBe(2);
  });

  it.each([
    [200, 1],
    [503, 2],
  ])("judges by the status %i an answer that is cut short", async (code, expected) => {
    const { client, requests } = await clientAnsweredWith((request, response) => {
      response.writeHead(code, { "content-length": "100" }).write("half");
      setTimeout(() => request.socket.destroy(), 20);
    }, status(200));
    await client.register(settings);
    expect(requests()).toBe(expected);
  });

  it.each([
    [400, ApiError, "Compare the registration with the API's documentation"],
    [401, AuthenticationError, "Check that the client may use the scope interactions:write"],
    [403, ApiError, "Ask for an account that may use the Interactions API"],
    [404, ApiError, "Check the region and vcc:apiUrl"],
    [413, ApiError, "Make the registration smaller"],
    [417, ApiError, "Make the registration smaller"],
    [422, ApiError, "VCC documents no such answer"],
    [501, UnacknowledgedError, "VCC has a problem; run again later"],
  ])("reports %i at once, with the next step", async (code, errorClass, nextStep) => {
    const { client, url, requests } = await clientAnsweredWith(status(code, '{"message":"No"}'));
    const failure = client.register(settings);
    await expect(failure).rejects.toBeInstanceOf(errorClass);
    await expect(failure).rejects.toThrow(`[POST] ${url}/Register: ${code} `);
    await expect(failure).rejects.toThrow(`"No". ${nextStep}`);
    expect(requests()).toBe(1);
  });

  it("shows no secret that an answer echoes", async () => {
    const { client } = await clientAnsweredWith(
      status(400, JSON.stringify({ message: `bad: ${JSON.stringify(settings)} token-canary` })),
    );
    const error = await client.register(settings).catch((error: VccError) => error);
    expect(error).toBeInstanceOf(ApiError);
    expect(String(error)).toContain("bad: ");
    expect(String(error)).not.toContain("canary");
  });

  it("does not follow a redirect, and names its host", async () => {
    const { client, requests } = await clientAnsweredWith(
      status(307, "", { location: "https://elsewhere.example.com/path?token=canary" }),
    );
    const failure = client.register(settings);
    await expect(failure).rejects.toBeInstanceOf(ContractError);
    await expect(failure).rejects.toThrow("307 redirects to elsewhere.example.com, which");
    expect(requests()).toBe(1);
  });

  it("reports refused credentials without the secret", async () => {
    const emulator = await emulatorFor("another secret");
    const failure = clientOf(emulator).register(settings);
    await expect(failure).rejects.toBeInstanceOf(AuthenticationError);
    await expect(failure).rejects.toThrow("invalid_client");
    await expect(failure).rejects.not.toThrow(/canary/);
    expect(emulator.requests()).toHaveLength(1);
  });

  it("says why VCC was not reached, after all attempts", async () => {
    const url = await serverWith(() => {});
    await cleanUps.pop()?.();
    const failure = clientOf({ apiUrl: url, authUrl: url }, { accessToken: "t" }).register(
      settings,
    );
    await expect(failure).rejects.toBeInstanceOf(NetworkError);
    await expect(failure).rejects.toThrow(
      "the connection was refused (ECONNREFUSED). Check the network",
    );
  });

  it("hides of Basic credentials what they decode to, and keeps the scheme readable", async () => {
    const { client } = await clientAnsweredWith(
      status(400, '{"message":"Basic credentials of user admin with pass-canary refused"}'),
    );
    const basic = Buffer.from("admin:pass-canary").toString("base64");
    const headers = { Authorization: `Basic ${basic}` };
    await expect(client.register({ ...settings, headers })).rejects.toThrow(
      '"Basic credentials of user admin with [secret] refused"',
    );
  });

  it.each([
    ["after an answer that is lost", [status(504), status(504)], true],
    ["after a reset and a refusal", [reset, status(400)], true],
    ["after a request that the server calls too slow", [status(408)], true],
    ["not after a refusal", [status(400)], false],
    ["not after a limit", [status(429)], false],
  ])("says that VCC may have taken it %s", async (_case, answers, unacknowledged) => {
    const { client } = await clientAnsweredWith(...answers);
    const error = await client.register(settings).catch((error: VccError) => error);
    expect(error instanceof UnacknowledgedError).toBe(unacknowledged);
    expect(String(error).includes("VCC may have taken")).toBe(unacknowledged);
  });

  it.each([
    [
      "the headers, and fails",
      "X-",
      /no whole answer within 0\.3 s.*\(that was attempt 3 of 3\)/,
      3,
    ],
    ["the body, and has the status", "\r\n", /^undefined$/, 1],
  ])("ends an attempt whose answer trickles in %s", async (_case, start, outcome, expected) => {
    const timers: NodeJS.Timeout[] = [];
    const { client, requests } = await clientAnsweredWith(({ socket }) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n${start}`);
      timers.push(setInterval(() => socket.write("x"), 20));
    });
    const error = await client.register(settings).catch((error: VccError) => error);
    for (const timer of timers) clearInterval(timer);
    expect(String(error)).toMatch(outcome);
    expect(requests()).toBe(expected);
  });

  it("ends an attempt that gets no connection in time, and knows that nothing was sent", async () => {
    // Accepts, and never says anything: no TLS handshake comes about.
    const server = createTcpServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    cleanUps.push(async () => server.close());
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const client = clientOf({ apiUrl: url, authUrl: url }, { accessToken: "t" });
    const start = performance.now();
    const error = await client.register(settings).catch((error: VccError) => error);
    expect(performance.now() - start).toBeLessThan(3000);
    expect(error).toBeInstanceOf(NetworkError);
  });

  it("keeps to the time that is left", async () => {
    const { url } = await clientAnsweredWith(() => {});
    const failure = clientOf(
      { apiUrl: url, authUrl: url },
      { accessToken: "t" },
      { deadlineMs: 100 },
    ).register(settings);
    await expect(failure).rejects.toThrow(/no whole answer within 0\.(0\d+|1) s/);
  });

  it("holds back who comes while another one waits for a limit to pass", async () => {
    const order: string[] = [];
    const url = await serverWith(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const { provider } = JSON.parse(Buffer.concat(chunks).toString());
      order.push(provider);
      if (order.length === 1) response.writeHead(429, { "retry-after": "60" });
      response.end();
    });
    let nowMs = 0;
    const holds: Array<() => void> = [];
    const clock: Clock = {
      now: () => nowMs,
      waitUntil: (ms) =>
        new Promise((resolve) => {
          holds.push(() => {
            nowMs = ms;
            resolve();
          });
        }),
    };
    const client = clientOf({ apiUrl: url, authUrl: url }, { accessToken: "t" }, { clock });
    const first = client.register({ ...settings, provider: "first" });
    while (holds.length === 0) await new Promise(setImmediate);
    const second = client.register({ ...settings, provider: "second" });
    while (holds.length === 1) await new Promise(setImmediate);
    expect(order).toEqual(["first"]);
    for (const hold of holds) hold();
    await Promise.all([first, second]);
    expect(order).toHaveLength(3);
  });

  it("takes no token that no header can carry, and says so without it", async () => {
    const authUrl = await serverWith((_request, response) => {
      const token = { access_token: "canary\nx", token_type: "bearer", expires_in: 900 };
      response.setHeader("content-type", "application/json").end(JSON.stringify(token));
    });
    const emulator = await emulatorFor();
    const client = clientOf({ apiUrl: emulator.apiUrl, authUrl });
    const results = await Promise.allSettled(
      Array.from({ length: 9 }, () => client.register(settings)),
    );
    for (const result of results) {
      const reason = result.status === "rejected" && result.reason;
      expect(reason).toBeInstanceOf(ContractError);
      expect(String(reason)).not.toContain("canary");
    }
    expect(emulator.requests()).toEqual([]);
  });

  it("counts the time of an attempt from when it has its turn", async () => {
    const { client, requests } = await clientAnsweredWith((_request, response) => {
      setTimeout(() => response.end(), 100);
    });
    await Promise.all(Array.from({ length: 20 }, () => client.register(settings)));
    expect(requests()).toBe(20);
  });

  it("reads no more than the beginning of an endless error", async () => {
    const { client } = await clientAnsweredWith((_request, response) => {
      response.writeHead(400);
      const more = () => {
        while (response.write("x".repeat(1024)));
        response.once("drain", more);
      };
      more();
    });
    await expect(client.register(settings)).rejects.toThrow("400 Bad Request");
  });

  describe("whose token is refused", () => {
    it("asks for a new one, once, and goes on", async () => {
      const emulator = await emulatorFor();
      const client = clientOf(emulator);
      await client.register(settings);
      emulator.reset();
      await Promise.all(
        Array.from({ length: 10 }, (_, n) =>
          client.register({ ...settings, provider: `Crm ${n}` }),
        ),
      );
      expect(emulator.registrations()).toHaveLength(10);
      const tokenRequests = emulator.requests().filter(({ path }) => path.includes("token"));
      expect(tokenRequests).toHaveLength(1);
    });

    it("gives up after the second refusal, and names the likely causes", async () => {
      const emulator = await emulatorFor();
      let refusals = 0;
      const url = await serverWith((request, response) => {
        request.resume().on("end", () => {
          refusals += 1;
          response.writeHead(401).end('{"message":"Unauthorized"}');
        });
      });
      const failure = clientOf({ apiUrl: url, authUrl: emulator.authUrl }).register(settings);
      await expect(failure).rejects.toBeInstanceOf(AuthenticationError);
      await expect(failure).rejects.toThrow(
        '401 Unauthorized: "Unauthorized". Check that the client may use the scope interactions:write, that its admin user is active, and the region',
      );
      expect(refusals).toBe(2);
      expect(emulator.requests()).toHaveLength(2);
    });

    it("does not ask again for a token that was given to it", async () => {
      const { client, requests } = await clientAnsweredWith(status(401));
      await expect(client.register(settings)).rejects.toBeInstanceOf(AuthenticationError);
      expect(requests()).toBe(1);
    });
  });

  it("repeats a failed token request like any other", async () => {
    const emulator = await emulatorFor();
    let requests = 0;
    const authUrl = await serverWith(async (request, response) => {
      requests += 1;
      if (requests === 1) request.socket.destroy();
      else if (requests === 2) response.writeHead(503).end("<title>busy</title>");
      else {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk);
        const body = Buffer.concat(chunks).toString();
        const headers = { "content-type": "application/x-www-form-urlencoded" };
        const answer = await fetch(emulator.authUrl, { method: "POST", headers, body });
        response.setHeader("content-type", "application/json").end(await answer.text());
      }
    });
    await clientOf({ apiUrl: emulator.apiUrl, authUrl }).register(settings);
    expect(requests).toBe(3);
    expect(emulator.registrations()).toHaveLength(1);
  });

  it("says of each registration once how often it was tried, when no token can be had", async () => {
    const authUrl = await serverWith((_request, response) => response.writeHead(503).end());
    const client = clientOf({ apiUrl: authUrl, authUrl });
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, () => client.register(settings)),
    );
    for (const result of results) {
      expect(String(result.status === "rejected" && result.reason)).toMatch(
        /503 Service Unavailable\. VCC has a problem; run again later \(that was attempt 3 of 3\)$/,
      );
    }
  });

  it("reports what stands in the way of the certificates", async () => {
    const connection = {
      region: "emea",
      apiUrl: "https://127.0.0.1:9",
      authUrl: "https://127.0.0.1:9",
      clientAuthentication: "form",
      maxConcurrency: 4,
      deadlineMs: 1000,
    } as const;
    const client = (caFile: string) => () =>
      createRegisterClient({ ...connection, caFile }, { accessToken: "t" }, { clock: untroubled });
    expect(client("/nowhere/ca.pem")).toThrow(
      "vcc:caFile (or VCC_CA_FILE): cannot read /nowhere/ca.pem (ENOENT)",
    );
    expect(client(__filename)).toThrow(`${__filename} holds no certificate in PEM`);
  });
});
