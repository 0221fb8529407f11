import fc from "fast-check";
import { type Callbacks, listenForCallbacks } from "../../../cli/conformance/callbacks";
import { type Probe, probes } from "../../../cli/conformance/probes";
import { type Behaviour, startEmulator } from "../../../emulator";
import { servers } from "../../receiver/server";
import { temporaryDirectory } from "../../temporary-directory";
import { run, virtualTime } from "./session-of";

const behaviours: fc.Arbitrary<Behaviour> = fc.record({
  successStatus: fc.constantFrom(200, 201, 202, 204),
  successBody: fc.constantFrom("empty", "object", "text"),
  refusalBody: fc.constantFrom("error", "message", "empty", "html"),
  invalidClientStatus: fc.constantFrom(400, 401),
  invalidClientDescription: fc.boolean(),
  tokenLifetimeS: fc.integer({ min: 60, max: 100_000 }),
  tokenLifetimeStated: fc.boolean(),
  tokenType: fc.constantFrom("Bearer", "bearer", "BEARER"),
  agentActions: fc.constantFrom("required", "optional"),
  nameCase: fc.constantFrom("sensitive", "insensitive"),
  httpEndpoints: fc.constantFrom("refuse", "accept"),
  rateLimit: fc.option(
    fc.record({
      requests: fc.integer({ min: 10, max: 200 }),
      windowMs: fc.integer({ min: 1, max: 60_000 }),
      retryAfter: fc.constantFrom("seconds", "date", "malformed", "none"),
    }),
  ),
  latencyMs: fc.constantFrom(0, 1),
  duplicateCallbacks: fc.boolean(),
  reorderCallbacks: fc.boolean(),
  batchCallbacks: fc.boolean(),
});

/** What nobody can tell from outside, or only with a receiver that VCC accepts. */
function tellable(behaviour: Behaviour, isListening: boolean): Partial<Behaviour> {
  const { rateLimit, latencyMs, ...others } = behaviour;
  const { nameCase, duplicateCallbacks, reorderCallbacks, batchCallbacks, ...direct } = others;
  const { successBody, tokenLifetimeS, ...always } = direct;
  return {
    ...always,
    ...(behaviour.successStatus !== 204 && { successBody }),
    ...(behaviour.tokenLifetimeStated && { tokenLifetimeS }),
    ...(isListening &&
      behaviour.httpEndpoints === "accept" && {
        nameCase,
        duplicateCallbacks,
        reorderCallbacks,
        batchCallbacks,
      }),
  };
}

describe("conformance", () => {
  const directory = temporaryDirectory();
  const start = servers();

  async function check(behaviour: Behaviour, isListening: boolean, table?: readonly Probe[]) {
    const { clock, now } = virtualTime();
    const emulator = await startEmulator({ behaviour, now });
    let callbacks: Callbacks | undefined;
    try {
      if (isListening) callbacks = await listenForCallbacks({ settled: emulator.settled });
      const { findings, requests, notReset } = await run(emulator, directory.path, {
        clock,
        ...(callbacks && { listening: { callbacks, route: "route", propagationMs: 30_000 } }),
        ...(table && { probes: table }),
      });
      expect(findings.behaviour).toEqual(tellable(behaviour, isListening));
      const isRefused = isListening && behaviour.httpEndpoints === "refuse";
      expect(findings.problems).toEqual(
        isRefused
          ? [expect.stringMatching(/^Register was refused/), "no callback has arrived before"]
          : [],
      );
      const verdicts = new Set(findings.results.map(({ verdict }) => verdict));
      expect(verdicts).not.toContain("contradicts");
      expect(verdicts).not.toContain("unclear");
      expect(requests).toBeLessThanOrEqual(60);
      expect(notReset).toEqual([]);
      for (const { endpoint, headers } of emulator.registrations()) {
        expect({ endpoint, headers }).toEqual({});
      }
      return requests;
    } finally {
      callbacks?.close();
      await emulator.close();
    }
  }

  it("finds every switch that can be told from outside, for 200 random behaviours", async () => {
    await fc.assert(
      fc.asyncProperty(behaviours, fc.boolean(), async (behaviour, isListening) => {
        await check(behaviour, isListening);
      }),
      { numRuns: 200 },
    );
  });

  it("has a line for each switch", () => {
    const switches = probes.filter(({ kind }) => kind === "switch").map(({ id }) => id);
    const { behaviour } = { behaviour: fc.sample(behaviours, 1)[0] };
    expect(switches.sort()).toEqual(Object.keys(behaviour ?? {}).sort());
  });

  it("does not pass with a probe that reads its answer wrongly", async () => {
    const planted = probes.map(
      (probe): Probe =>
        probe.id === "agentActions" && "read" in probe
          ? { ...probe, read: () => ({ seen: "yes", value: "optional" }) }
          : probe,
    );
    const behaviour = { ...(fc.sample(behaviours, 1)[0] as Behaviour), agentActions: "required" };
    await expect(check(behaviour as Behaviour, false, planted)).rejects.toThrow("agentActions");
  });

  it.each([
    ["an HTML login page", 200, { "content-type": "text/html" }, "<html>Sign in</html>"],
    ["200 for everything", 200, {}, ""],
    ["a redirect", 302, { location: "https://login.example.com/" }, ""],
  ])("reports that %s is not VCC", async (_case, status, headers, body) => {
    const { url } = await start((_request, response) => {
      response.writeHead(status as number, headers as Record<string, string>).end(body);
    });
    const { findings } = await run({ apiUrl: url, authUrl: url }, directory.path);
    expect(findings.problems).not.toEqual([]);
    expect(findings.behaviour).toEqual({});
  });

  it("reports a server that never responds", async () => {
    const { url } = await start(() => {});
    const server = { apiUrl: url, authUrl: url };
    const { findings, requests } = await run(server, directory.path, { attemptTimeoutMs: 100 });
    expect(findings.problems).not.toEqual([]);
    expect(requests).toBe(1);
  });

  it("names what a server contradicts that issues tokens and accepts everything", async () => {
    const { url } = await start((_request, response) => {
      response.end('{"access_token":"a","token_type":"Bearer","expires_in":900}');
    });
    const { findings } = await run({ apiUrl: url, authUrl: url }, directory.path);
    const differing = findings.results.filter(({ verdict }) => verdict === "contradicts");
    expect(differing.map(({ id }) => id)).toContain("refused-token");
    for (const { advice } of differing) expect(advice).not.toBeNull();
  });
});
