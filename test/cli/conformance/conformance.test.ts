import fc from "fast-check";
import { probes, testName } from "../../../cli/conformance/probes";
import { type Behavior, type EmulatorOptions, startEmulator } from "../../../emulator";
import { servers } from "../../receiver/server";
import { ask } from "./ask";

/** The switches that can be told without a callback. */
const behaviors: fc.Arbitrary<Partial<Behavior>> = fc.record({
  successStatus: fc.constantFrom(200, 201, 202, 204),
  successBody: fc.constantFrom("empty", "object", "text"),
  refusalBody: fc.constantFrom("error", "message", "empty", "html"),
  invalidClientStatus: fc.constantFrom(400, 401),
  invalidClientDescription: fc.boolean(),
  tokenLifetimeS: fc.integer({ min: 60, max: 100_000 }),
  tokenLifetimeStated: fc.boolean(),
  tokenType: fc.constantFrom("Bearer", "bearer", "BEARER"),
  agentActions: fc.constantFrom("required", "optional"),
  httpEndpoints: fc.constantFrom("refuse", "accept"),
});

function tellable({ successBody, tokenLifetimeS, ...always }: Partial<Behavior>) {
  return {
    ...always,
    ...(always.successStatus !== 204 && { successBody }),
    ...(always.tokenLifetimeStated && { tokenLifetimeS }),
  };
}

const resetRegistration = {
  provider: testName,
  agentactionspermitted: { release: 1, hold: 0, transferToAgent: 0, transferToRoute: 0 },
};

async function askEmulator(options: EmulatorOptions, changes?: Parameters<typeof ask>[1]) {
  const emulator = await startEmulator(options);
  try {
    const report = await ask(emulator, changes);
    return { report, registrations: emulator.registrations(), requests: emulator.requests() };
  } finally {
    await emulator.close();
  }
}

describe("conformance", () => {
  const start = servers();

  it("finds every observable switch, and resets its registration", async () => {
    await fc.assert(
      fc.asyncProperty(behaviors, async (behavior) => {
        const { report, registrations, requests } = await askEmulator({ behavior });
        expect(report.behavior).toEqual(tellable(behavior));
        expect(report).toMatchObject({ outcome: "as documented", problems: [] });
        expect(report.names).toEqual([{ name: testName, reset: true }]);
        expect(registrations).toEqual([resetRegistration]);
        // The other two are a token and the reset.
        expect(requests).toHaveLength(report.requests + 2);
      }),
      { numRuns: 50 },
    );
  });

  it("waits while the account's limit refuses requests", async () => {
    const rateLimit = { requests: 20, windowMs: 1000, retryAfter: "seconds" } as const;
    const { report, requests } = await askEmulator({ behavior: { rateLimit } });
    expect(requests.some(({ status }) => status === 429)).toBe(true);
    expect(report).toMatchObject({ outcome: "as documented", problems: [] });
  });

  it("asks everything but the token endpoint with an access token", async () => {
    const emulator = await startEmulator();
    try {
      const form = { grant_type: "client_credentials", client_id: "emulator" };
      const body = new URLSearchParams({
        ...form,
        client_secret: "emulator-secret",
        scope: "interactions:write",
      });
      const response = await fetch(emulator.authUrl, { method: "POST", body });
      const { access_token: accessToken } = (await response.json()) as { access_token: string };
      const { results, outcome } = await ask(emulator, { credentials: { accessToken } });
      expect(outcome).toBe("as documented");
      const notAsked = results.filter(({ verdict }) => verdict === "not asked");
      expect(notAsked.map(({ id }) => id)).toEqual([
        ...["token", "tokenType", "tokenLifetimeStated", "tokenLifetimeS"],
        ...["token-authentication", "token-scope", "token-grant-type"],
      ]);
      expect(JSON.stringify(results)).not.toContain(accessToken);
    } finally {
      await emulator.close();
    }
  });

  it("resets the registration if it is stopped", async () => {
    const controller = new AbortController();
    let requests = 0;
    const { report, registrations } = await askEmulator(
      { onRequest: () => ++requests === 9 && controller.abort("stopped by SIGINT") },
      { signal: controller.signal },
    );
    expect(report).toMatchObject({ outcome: "incomplete", problems: ["stopped by SIGINT"] });
    expect(report.names).toEqual([{ name: testName, reset: true }]);
    expect(registrations).toEqual([resetRegistration]);
    expect(report.results).toHaveLength(probes.length);
  });

  it("says that it could not reset the registration", async () => {
    const emulator = await startEmulator({
      // The body that is too large is the last one before the reset.
      onRequest: ({ status = 0 }) => {
        if (status === 413 || status === 417) {
          emulator.fail({ target: "register", fault: { kind: "status", status: 403 } });
        }
      },
    });
    try {
      const { outcome, problems, names } = await ask(emulator);
      expect(outcome).toBe("incomplete");
      expect(problems).toEqual([expect.stringContaining(`${testName} is not reset: [POST]`)]);
      expect(names).toEqual([{ name: testName, reset: false }]);
    } finally {
      await emulator.close();
    }
  });

  it.each([
    ["an HTML login page", 200, { "content-type": "text/html" }, "<html>Sign in</html>"],
    ["200 for everything", 200, {}, ""],
    ["a redirect", 302, { location: "https://login.example.com/" }, ""],
    ["an error for everything", 503, {}, ""],
  ])("reports that %s is not VCC", async (_case, status, headers, body) => {
    const { url } = await start((_request, response) => {
      response.writeHead(status as number, headers as Record<string, string>).end(body);
    });
    const { outcome, problems, behavior, requests } = await ask({ apiUrl: url, authUrl: url });
    expect(outcome).toBe("incomplete");
    expect(problems).not.toEqual([]);
    expect(behavior).toEqual({});
    expect(requests).toBe(1);
  });

  it("names what a server contradicts that issues tokens and accepts everything", async () => {
    const { url } = await start((_request, response) => {
      response.end('{"access_token":"a","token_type":"Bearer","expires_in":900}');
    });
    const { outcome, results } = await ask({ apiUrl: url, authUrl: url });
    expect(outcome).toBe("contradicts");
    const differing = results.filter(({ verdict }) => verdict === "contradicts");
    expect(differing.map(({ id }) => id)).toEqual([
      ...["token-scope", "token-grant-type", "token-client", "no-token", "refused-token"],
      ...["no-accept", "other-accept", "malformed-json", "no-provider", "too-large-body"],
    ]);
  });
});
