import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { gzipSync } from "node:zlib";
import { type Emulator, startEmulator } from "../../../emulator";
import {
  ApiError,
  AuthenticationError,
  DeadlineError,
  NetworkError,
  ProtocolError,
  type VccError,
} from "../../../provider/errors";
import type { Clock } from "../../../provider/vcc/clock";
import type { ProviderSettings } from "../../../provider/vcc/provider-settings";
import type { Connection } from "../../../provider/vcc/register-client";
import { createRegisterClient, type Outcome } from "../../../provider/vcc/register-client";

const settings: ProviderSettings = {
  provider: "Crm",
  endpoint: "https://crm.example.com/vcc",
  headers: { Authorization: "Bearer header-canary" },
  agentactionspermitted: { release: 1, hold: 0, transferToAgent: 0, transferToRoute: 0 },
};
const clockWithoutWaits: Clock = { now: () => performance.now(), waitUntil: async () => {} };
const briefly = { attemptTimeoutMs: 300 };
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

function createTestClient(
  { apiUrl, authUrl }: { apiUrl: string; authUrl: string },
  credentials: Parameters<typeof createRegisterClient>[1] = {
    clientId: "id",
    clientSecret: "client-canary",
  },
  {
    totalTimeoutMs = 300_000,
    clock = clockWithoutWaits,
    // Longer than any response takes on a busy machine.
    attemptTimeoutMs = 20_000,
  }: {
    totalTimeoutMs?: number;
    clock?: Clock;
    attemptTimeoutMs?: number;
  } = {},
) {
  const connection: Connection = {
    apiUrl,
    authUrl,
    clientAuthentication: "form",
    maxConcurrency: 4,
    totalTimeoutMs,
  };
  const options = { clock, maxAttempts: 3, random: () => 0.1, attemptTimeoutMs };
  const client = createRegisterClient(connection, credentials, options);
  cleanUps.push(() => client.close());
  return {
    ...client,
    /** Rejects unless VCC acknowledges. */
    register: (settings: ProviderSettings) => client.register(settings).then(requireAcknowledged),
    outcome: client.register,
  };
}

function requireAcknowledged(outcome: Outcome): void {
  if (outcome.kind !== "acknowledged") throw outcome.error;
}

/**
 * A client with an access token, whose API sends one of the responses to each request, then the
 * last one.
 */
async function clientWithResponses(...responses: RequestListener[]) {
  let requests = 0;
  const url = await serverWith((request, response) => {
    request.resume().on("end", () => {
      const respond = responses[Math.min(requests, responses.length - 1)];
      requests += 1;
      respond?.(request, response);
    });
  });
  const client = createTestClient({ apiUrl: url, authUrl: url }, { accessToken: "token-canary" });
  return { client, url, requests: () => requests };
}

const reset: RequestListener = (request) => request.socket.destroy();

const status =
  (code: number, body = "", headers = {}): RequestListener =>
  (_request, response) =>
    response.writeHead(code, headers).end(body);

describe("register client", () => {
  it("sends the settings unchanged", async () => {
    const emulator = await emulatorFor();
    await createTestClient(emulator).register(settings);
    expect(emulator.registrations()).toEqual([settings]);
  });

  it("shares one token request between concurrent registrations", async () => {
    const emulator = await emulatorFor();
    const client = createTestClient(emulator);
    await Promise.all(
      Array.from({ length: 40 }, (_, n) => client.register({ ...settings, provider: `Crm ${n}` })),
    );
    expect(emulator.registrations()).toHaveLength(40);
    expect(emulator.requests().filter(({ path }) => path.includes("token"))).toHaveLength(1);
  });

  it("opens maxConcurrency connections, and sends one request at a time on each", async () => {
    const busy = new Map<unknown, number>();
    let maxBusy = 0;
    const { client } = await clientWithResponses(({ socket }, response) => {
      busy.set(socket, (busy.get(socket) ?? 0) + 1);
      maxBusy = Math.max(maxBusy, ...busy.values());
      setImmediate(() => {
        busy.set(socket, (busy.get(socket) ?? 0) - 1);
        response.end();
      });
    });
    await Promise.all(Array.from({ length: 40 }, () => client.register(settings)));
    expect(busy.size).toBe(4);
    expect(maxBusy).toBe(1);
  });

  it.each(["localhost", "127.0.0.1", "127.8.9.1", "[::1]"])(
    "sends nothing for %s through a proxy",
    async (host) => {
      const proxied: string[] = [];
      const proxy = await serverWith(({ url }, response) => {
        proxied.push(url ?? "");
        response.writeHead(502).end();
      });
      process.env.HTTP_PROXY = proxy;
      process.env.HTTPS_PROXY = proxy;
      cleanUps.push(async () => {
        delete process.env.HTTP_PROXY;
        delete process.env.HTTPS_PROXY;
      });
      // A port that refuses connections: the error shows that this one was direct.
      const unused = await serverWith(() => {});
      await cleanUps.pop()?.();
      for (const protocol of ["http", "https"]) {
        const url = `${protocol}://${host}:${new URL(unused).port}`;
        const client = createTestClient({ apiUrl: url, authUrl: url }, { accessToken: "t" });
        await expect(client.register(settings)).rejects.toThrow(
          "the connection was refused (ECONNREFUSED)",
        );
      }
      expect(proxied).toEqual([]);
    },
  );

  it("connects directly to each loopback host of an account", async () => {
    const emulator = await emulatorFor();
    process.env.HTTP_PROXY = "http://127.0.0.1:9";
    cleanUps.push(async () => {
      delete process.env.HTTP_PROXY;
    });
    const authUrl = emulator.authUrl.replace("127.0.0.1", "localhost");
    await createTestClient({ apiUrl: emulator.apiUrl, authUrl }).register(settings);
    expect(emulator.registrations()).toHaveLength(1);
  });

  it("closes connections in use", async () => {
    let arrived = () => {};
    const request = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const { client } = await clientWithResponses(() => arrived());
    const failure = client.register(settings);
    const rejection = expect(failure).rejects.toThrow("UND_ERR_DESTROYED");
    await request;
    await client.close();
    await rejection;
  });

  it("reports a connection that closes without a response", async () => {
    const { client } = await clientWithResponses(({ socket }) => socket.end());
    await expect(client.register(settings)).rejects.toThrow(
      "the connection was closed before the response was complete (UND_ERR_SOCKET). Check",
    );
  });

  it("sends nothing after the deadline", async () => {
    const { url, requests } = await clientWithResponses(status(200));
    const options = { totalTimeoutMs: 0 };
    const client = createTestClient({ apiUrl: url, authUrl: url }, { accessToken: "t" }, options);
    const failure = client.register(settings);
    await expect(failure).rejects.toBeInstanceOf(DeadlineError);
    await expect(failure).rejects.toThrow("/Register: not sent within 0 s (vcc:deadline)");
    expect(requests()).toBe(0);
  });

  it("shows the protocol of the endpoint in what VCC says about it", async () => {
    const { client } = await clientWithResponses(
      status(400, '{"message":"endpoint must be an https URL"}'),
    );
    await expect(client.register(settings)).rejects.toThrow('"endpoint must be an https URL". C');
  });

  it("sends no Expect header", async () => {
    let headers: unknown;
    const { client } = await clientWithResponses((request, response) => {
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
    [202, "registered"],
    [204, ""],
  ])("accepts %i with body %j as a success", async (code, body) => {
    const { client, requests } = await clientWithResponses(status(code, body));
    await expect(client.register(settings)).resolves.toBeUndefined();
    expect(requests()).toBe(1);
  });

  it.each([
    [
      "a web page",
      "<title>Access denied</title>",
      '"Access denied". The response is a web page from',
    ],
    [
      "a page of more than 64 KiB",
      `<title>Access denied</title>${" ".repeat(100_000)}`,
      '"Access denied". The response is a web page from',
    ],
    ["an error in JSON", '{"error":"denied"}', '"denied". The body contradicts the status'],
  ])(
    "takes a success with %s for an unknown outcome, and does not retry",
    async (_case, body, reason) => {
      const { client, url, requests } = await clientWithResponses(status(200, body));
      const outcome = await client.outcome(settings);
      expect(outcome).toMatchObject({ kind: "unknown", error: expect.any(ProtocolError) });
      const failure = () => requireAcknowledged(outcome);
      expect(failure).toThrow(`[POST] ${url}/Register: 200 OK: ${reason}`);
      expect(failure).toThrow(new URL(url).host);
      expect(requests()).toBe(1);
    },
  );

  it("takes a truncated web page for an unknown outcome", async () => {
    const { client } = await clientWithResponses((request, response) => {
      response.writeHead(200, { "content-length": "100" }).write("<html>");
      setTimeout(() => request.socket.destroy(), 20);
    });
    expect(await client.outcome(settings)).toMatchObject({ kind: "unknown" });
  });

  it.each([408, 429, 500, 502, 503, 504])("retries after %i", async (code) => {
    const { client, requests } = await clientWithResponses(status(code), status(200));
    await client.register(settings);
    expect(requests()).toBe(2);
  });

  it("retries after a connection reset", async () => {
    const { client, requests } = await clientWithResponses(reset, status(200));
    await client.register(settings);
    expect(requests()).toBe(2);
  });

  it.each([
    [200, 1],
    [207, 1],
    [503, 2],
  ])("respects the status %i of a truncated response", async (code, expected) => {
    const { client, requests } = await clientWithResponses((request, response) => {
      response.writeHead(code, { "content-length": "100" }).write("half");
      setTimeout(() => request.socket.destroy(), 20);
    }, status(200));
    await client.register(settings);
    expect(requests()).toBe(expected);
  });

  it.each([
    ["102 Processing", ""],
    ["103 Early Hints", "Link: </style.css>; rel=preload\r\n"],
  ])("uses the response after an unsolicited %s", async (interim, header) => {
    const { client, requests } = await clientWithResponses(({ socket }) => {
      socket.write(`HTTP/1.1 ${interim}\r\n${header}\r\n`, () =>
        socket.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"),
      );
    });
    await expect(client.register(settings)).rejects.toThrow("400 Bad Request");
    expect(requests()).toBe(1);
  });

  it("reports an unsolicited 100, after which no response can be read", async () => {
    const { client } = await clientWithResponses(({ socket }) => {
      socket.write("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    });
    expect(await client.outcome(settings)).toMatchObject({ kind: "unknown" });
    await expect(client.register(settings)).rejects.toThrow(
      "the server sent an unsolicited 100 Continue before the response (UND_ERR_SOCKET). Report it to VCC, or to the operator of the proxy if there is one",
    );
  });

  it.each([
    [400, ApiError, "Check the arguments against the API documentation"],
    [
      401,
      AuthenticationError,
      "Check the region, that the client has the scope interactions:write",
    ],
    [403, ApiError, "Ask for an account with access to the Interactions API"],
    [404, ApiError, "Check the region and vcc:apiUrl"],
    [413, ApiError, "Make the registration smaller"],
    [417, ApiError, "Make the registration smaller"],
    [422, ApiError, "VCC does not document this status"],
    [501, ApiError, "VCC has a problem; run again later"],
  ])("reports %i without a retry, with the next step", async (code, errorClass, nextStep) => {
    const { client, url, requests } = await clientWithResponses(status(code, '{"message":"No"}'));
    const failure = client.register(settings);
    await expect(failure).rejects.toBeInstanceOf(errorClass);
    await expect(failure).rejects.toThrow(`[POST] ${url}/Register: ${code} `);
    await expect(failure).rejects.toThrow(`"No". ${nextStep}`);
    expect(requests()).toBe(1);
  });

  it.each([
    [403, 'Bearer error="insufficient_scope", scope="interactions:write"', ""],
    [401, "bearer realm=x, error=insufficient_scope", ""],
    [403, 'DPoP algs="ES256", Bearer realm="a, error=b", error="insufficient_scope"', "<title>No"],
    [403, "", '{"error":"insufficient_scope"}'],
  ])("says at %i that the scope is missing, as %s says", async (code, challenge, body) => {
    const headers = challenge === "" ? {} : { "www-authenticate": challenge };
    const { client } = await clientWithResponses(status(code, body, headers));
    await expect(client.register(settings)).rejects.toThrow(
      ". The API client lacks the scope interactions:write: ask for one that has it",
    );
  });

  it("shows the error of WWW-Authenticate without a body", async () => {
    const challenge =
      'Bearer error="invalid_token", error_description="token-canary has \\"expired\\""';
    const { client } = await clientWithResponses(
      status(401, "", { "www-authenticate": challenge }),
    );
    await expect(client.register(settings)).rejects.toThrow(
      /401 Unauthorized: "invalid_token: … has .*"\. Check the region, and, if vcc:accessToken/,
    );
  });

  it.each(["constructor", "invalid_request"])(
    "knows no next step for the error %s",
    async (code) => {
      const { client } = await clientWithResponses(status(403, JSON.stringify({ error: code })));
      await expect(client.register(settings)).rejects.toThrow(/\. Ask for an account with access/);
    },
  );

  describe("whose response is compressed although the request forbids it", () => {
    const gzipped =
      (code: number, body: string, headers = {}): RequestListener =>
      (_request, response) =>
        response.writeHead(code, headers).end(gzipSync(body));
    const gzip = { "content-encoding": "gzip" };

    it("forbids it", async () => {
      let encoding: unknown;
      const { client } = await clientWithResponses(({ headers }, response) => {
        encoding = headers["accept-encoding"];
        response.end();
      });
      await client.register(settings);
      expect(encoding).toBe("identity");
    });

    it.each([
      ["a success", gzipped(200, "<title>Blocked</title>", gzip)],
      ["a success without Content-Encoding", gzipped(200, "<title>Blocked</title>")],
    ])("takes %s for an unknown outcome", async (_case, response) => {
      const { client } = await clientWithResponses(response);
      expect(await client.outcome(settings)).toMatchObject({ kind: "unknown" });
      await expect(client.register(settings)).rejects.toThrow(
        "200 OK: the response is compressed. Nothing shows that the response from 127.0.0.1:",
      );
    });

    it.each([
      status(204, "", gzip),
      status(200, "OK", { "content-encoding": "Identity" }),
      status(200, "OK", { "content-encoding": "" }),
    ])("accepts a success that is not", async (response) => {
      const { client } = await clientWithResponses(response);
      await expect(client.register(settings)).resolves.toBeUndefined();
    });

    it("says so in an error", async () => {
      const { client } = await clientWithResponses(gzipped(400, "no", gzip));
      await expect(client.register(settings)).rejects.toThrow(
        "400 Bad Request: the response is compressed. Check the arguments",
      );
    });

    it.each(["gzip", "br", "deflate, gzip"])("says so of a token with %s", async (encoding) => {
      const authUrl = await serverWith(gzipped(200, "{}", { "content-encoding": encoding }));
      const failure = createTestClient({ apiUrl: authUrl, authUrl }).register(settings);
      await expect(failure).rejects.toBeInstanceOf(ProtocolError);
      await expect(failure).rejects.toThrow(
        new RegExp(
          `: 200, but the response is compressed \\(${encoding.split(",")[0]}\\), although the request forbids it\\. Check the proxy$`,
        ),
      );
    });
  });

  it("shows no secret that a response echoes", async () => {
    const { client } = await clientWithResponses(
      status(400, JSON.stringify({ message: `bad: ${JSON.stringify(settings)} token-canary` })),
    );
    const error = await client.register(settings).catch((error: VccError) => error);
    expect(error).toBeInstanceOf(ApiError);
    expect(String(error)).toContain("bad: ");
    expect(String(error)).not.toContain("canary");
  });

  it("hides what a response quotes of the endpoint", async () => {
    const endpoint = "https://endpoint-canary.example.com/token?key=query-canary";
    const { host, search } = new URL(endpoint);
    const { client } = await clientWithResponses(
      status(400, JSON.stringify({ message: `cannot reach ${endpoint} (${host}, ${search})` })),
    );
    const error = await client.register({ ...settings, endpoint }).catch((error) => error);
    expect(String(error)).toContain('400 Bad Request: "cannot reach https:…');
    expect(String(error)).not.toMatch(/canary|token|key/);
  });

  it("shows what VCC says, except for the secrets of the request", async () => {
    const message = "the provider 'Crm' of client-canary has token-canary, header-canary";
    const { url } = await clientWithResponses(status(400, JSON.stringify({ message })));
    const emulator = await emulatorFor();
    const client = createTestClient({ ...emulator, apiUrl: url });
    await expect(client.register(settings)).rejects.toThrow(
      "\"the provider 'Crm' of … has token-canary, …\". Check the arguments",
    );
  });

  it.each([
    ["with its name", "https://login.corp.test/path?token=canary", '"login.corp.test"'],
    ["without a secret", "https://token-canary.test", '"…"'],
    ["as unknown without a valid location", "https://[", "an unknown host"],
  ])("does not follow a redirect, and shows its host %s", async (_case, location, host) => {
    const { client, requests } = await clientWithResponses(status(307, "", { location }));
    const failure = client.register(settings);
    await expect(failure).rejects.toBeInstanceOf(ProtocolError);
    await expect(failure).rejects.toThrow(
      `: 307 redirects to ${host}; redirects are not followed. Configure the final URL`,
    );
    expect(requests()).toBe(1);
  });

  it("reports rejected credentials without the secret", async () => {
    const emulator = await emulatorFor("another secret");
    const failure = createTestClient(emulator).register(settings);
    await expect(failure).rejects.toBeInstanceOf(AuthenticationError);
    await expect(failure).rejects.toThrow("invalid_client");
    await expect(failure).rejects.not.toThrow(/canary/);
    expect(emulator.requests()).toHaveLength(1);
  });

  it("reports why it could not reach VCC, after all attempts", async () => {
    const url = await serverWith(() => {});
    await cleanUps.pop()?.();
    const failure = createTestClient({ apiUrl: url, authUrl: url }, { accessToken: "t" }).register(
      settings,
    );
    await expect(failure).rejects.toBeInstanceOf(NetworkError);
    await expect(failure).rejects.toThrow(
      "the connection was refused (ECONNREFUSED). Check the network",
    );
  });

  it("hides decoded Basic credentials, and shows scheme and user", async () => {
    const { client } = await clientWithResponses(
      status(400, '{"message":"Basic credentials of user admin with pass-canary refused"}'),
    );
    const basic = Buffer.from("admin:pass-canary").toString("base64");
    const headers = { Authorization: `Basic ${basic}` };
    await expect(client.register({ ...settings, headers })).rejects.toThrow(
      '"Basic credentials of user admin with … refused"',
    );
  });

  it.each([
    ["unknown", "a lost response", [status(504), status(504)]],
    ["unknown", "a reset and a 400", [reset, status(400)]],
    ["unknown", "a 408", [status(408)]],
    ["refused", "a 400", [status(400)]],
    ["refused", "a 429", [status(429)]],
  ])("reports the outcome as %s after %s", async (kind, _case, responses) => {
    const { client } = await clientWithResponses(...responses);
    expect(await client.outcome(settings)).toMatchObject({ kind, error: expect.any(Error) });
  });

  it.each([
    [
      "the headers, which fails",
      "X-",
      /no complete response within 0\.3 s.*\(gave up after 3 attempts\)/,
      3,
    ],
    ["the body, which counts as a success", "\r\n", /^undefined$/, 1],
  ])("ends an attempt whose response trickles in %s", async (_case, start, outcome, expected) => {
    const timers: NodeJS.Timeout[] = [];
    const { url, requests } = await clientWithResponses(({ socket }) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n${start}`);
      timers.push(setInterval(() => socket.write("x"), 20));
    });
    const client = createTestClient({ apiUrl: url, authUrl: url }, { accessToken: "t" }, briefly);
    const error = await client.register(settings).catch((error: VccError) => error);
    for (const timer of timers) clearInterval(timer);
    expect(String(error)).toMatch(outcome);
    expect(requests()).toBe(expected);
  });

  it("closes the connection of an attempt that timed out", async () => {
    const closed: Array<Promise<unknown>> = [];
    const { url } = await clientWithResponses(({ socket }) => closed.push(once(socket, "close")));
    const client = createTestClient({ apiUrl: url, authUrl: url }, { accessToken: "t" }, briefly);
    await expect(client.register(settings)).rejects.toThrow("no complete response within 0.3 s");
    expect(closed).toHaveLength(3);
    await Promise.all(closed);
  }, 10_000);

  it("reports a connection timeout as nothing sent", async () => {
    // Accepts connections and stays silent: the TLS handshake never ends.
    const server = createTcpServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    cleanUps.push(async () => server.close());
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const client = createTestClient({ apiUrl: url, authUrl: url }, { accessToken: "t" }, briefly);
    const start = performance.now();
    const error = await client.register(settings).catch((error: VccError) => error);
    expect(performance.now() - start).toBeLessThan(3000);
    expect(error).toBeInstanceOf(NetworkError);
  });

  it("limits an attempt to the remaining time", async () => {
    const { url } = await clientWithResponses(() => {});
    const failure = createTestClient(
      { apiUrl: url, authUrl: url },
      { accessToken: "t" },
      { totalTimeoutMs: 100 },
    ).register(settings);
    await expect(failure).rejects.toThrow(/no complete response within 0\.(0\d+|1) s/);
  });

  it("holds back new registrations during a 429", async () => {
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
    const client = createTestClient({ apiUrl: url, authUrl: url }, { accessToken: "t" }, { clock });
    const first = client.register({ ...settings, provider: "first" });
    while (holds.length === 0) await new Promise(setImmediate);
    const second = client.register({ ...settings, provider: "second" });
    while (holds.length === 1) await new Promise(setImmediate);
    // What the client has sent by now arrives before this.
    await fetch(url, { method: "POST", body: '{"provider":"probe"}' });
    expect(order).toEqual(["first", "probe"]);
    for (const hold of holds) hold();
    await Promise.all([first, second]);
    expect(order).toHaveLength(4);
  });

  it("rejects a token that does not fit into a header, without showing it", async () => {
    const authUrl = await serverWith((_request, response) => {
      const token = { access_token: "canary\nx", token_type: "bearer", expires_in: 900 };
      response.setHeader("content-type", "application/json").end(JSON.stringify(token));
    });
    const emulator = await emulatorFor();
    const client = createTestClient({ apiUrl: emulator.apiUrl, authUrl });
    const results = await Promise.allSettled(
      Array.from({ length: 9 }, () => client.register(settings)),
    );
    for (const result of results) {
      const reason = result.status === "rejected" && result.reason;
      expect(reason).toBeInstanceOf(ProtocolError);
      expect(String(reason)).not.toContain("canary");
    }
    expect(emulator.requests()).toEqual([]);
  });

  it("starts the timeout of an attempt when its slot is free", async () => {
    const { url, requests } = await clientWithResponses((_request, response) => {
      setTimeout(() => response.end(), 100);
    });
    const client = createTestClient({ apiUrl: url, authUrl: url }, { accessToken: "t" }, briefly);
    await Promise.all(Array.from({ length: 20 }, () => client.register(settings)));
    expect(requests()).toBe(20);
  });

  it("reads only the beginning of an endless error", async () => {
    const { client } = await clientWithResponses((_request, response) => {
      response.writeHead(400);
      const more = () => {
        while (response.write("x".repeat(1024)));
        response.once("drain", more);
      };
      more();
    });
    await expect(client.register(settings)).rejects.toThrow("400 Bad Request");
  });

  describe("whose token is rejected", () => {
    it("requests one new token and continues", async () => {
      const emulator = await emulatorFor();
      const client = createTestClient(emulator);
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

    it("fails after the second rejection, and names the likely causes", async () => {
      const emulator = await emulatorFor();
      let refusals = 0;
      const url = await serverWith((request, response) => {
        request.resume().on("end", () => {
          refusals += 1;
          response.writeHead(401).end('{"message":"Unauthorized"}');
        });
      });
      const failure = createTestClient({ apiUrl: url, authUrl: emulator.authUrl }).register(
        settings,
      );
      await expect(failure).rejects.toBeInstanceOf(AuthenticationError);
      await expect(failure).rejects.toThrow(
        '401 Unauthorized: "Unauthorized". Check the region, that the client has the scope interactions:write, and that its admin user is active',
      );
      expect(refusals).toBe(2);
      expect(emulator.requests()).toHaveLength(2);
    });

    it("does not retry with a configured access token", async () => {
      const { client, requests } = await clientWithResponses(status(401));
      await expect(client.register(settings)).rejects.toBeInstanceOf(AuthenticationError);
      expect(requests()).toBe(1);
    });
  });

  it("retries a failed token request", async () => {
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
        const granted = await fetch(emulator.authUrl, { method: "POST", headers, body });
        response.setHeader("content-type", "application/json").end(await granted.text());
      }
    });
    await createTestClient({ apiUrl: emulator.apiUrl, authUrl }).register(settings);
    expect(requests).toBe(3);
    expect(emulator.registrations()).toHaveLength(1);
  });

  it("reports the number of attempts once for each registration if there is no token", async () => {
    const authUrl = await serverWith((_request, response) => response.writeHead(503).end());
    const client = createTestClient({ apiUrl: authUrl, authUrl });
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, () => client.register(settings)),
    );
    for (const result of results) {
      expect(String(result.status === "rejected" && result.reason)).toMatch(
        /503 Service Unavailable\. VCC has a problem; run again later \(gave up after 3 attempts\)$/,
      );
    }
  });
});
