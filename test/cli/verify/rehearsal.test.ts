import { readFileSync, writeFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { type Endpoint, rehearse } from "../../../cli/verify/rehearsal";
import { secretHeaders } from "../../../cli/verify/rehearsal-headers";
import { assess } from "../../../cli/verify/verdict";
import { createReceiver } from "../../../receiver";
import { formsOf } from "../../end-to-end/secrets";
import { withoutProxyVariables } from "../../provider/vcc/environment";
import { type CertificateName, type Received, recording, tlsServers } from "./endpoints";

const authorization = "Bearer canary-authorization";
const headers = { Authorization: authorization, "X-Tenant": "acme" };
/** What every endpoint on loopback with a CA of its own has. */
const usual = ["private CA", "address", "port"];

const isRight = ({ headers }: Received) => headers.authorization === authorization;

describe("a rehearsal", () => {
  withoutProxyVariables();
  const servers = tlsServers();

  /** Short limits, so that no test waits long. */
  const limits = { timeoutMs: 2000, slowMs: 1000, expiringDays: 14 };

  async function verify(
    url: string,
    {
      probeRejection = false,
      endpoint = {},
      timeoutMs = limits.timeoutMs,
      slowMs = limits.slowMs,
      signal = new AbortController().signal,
    }: {
      probeRejection?: boolean;
      endpoint?: Partial<Endpoint>;
      timeoutMs?: number;
      slowMs?: number;
      signal?: AbortSignal;
    } = {},
  ) {
    const caFile = {
      name: servers.caFile,
      directory: dirname(servers.caFile),
      label: "vcc:caFile",
    };
    const rehearsal = await rehearse(
      { url, isSecret: false, headers, secretHeaders: secretHeaders(headers, []), ...endpoint },
      { probeRejection, caFile, timeoutMs, signal },
    );
    const findings = assess(rehearsal, "registered", { ...limits, slowMs }, Date.now());
    const shown = JSON.stringify([rehearsal, findings]);
    for (const form of formsOf("canary-authorization")) expect(shown.includes(form)).toBe(false);
    return {
      rehearsal,
      failures: findings.filter(({ severity }) => severity === "failure"),
      warnings: findings.filter(({ severity }) => severity === "warning").map(({ id }) => id),
      statuses: rehearsal.observations.map(({ probe, status }) => [probe, status]),
    };
  }

  it("sends an AssignToAgent and its Release, as VCC sends them", async () => {
    const { requests, listener } = recording();
    const registered = { ...headers, "X-Vcc-Registration": "0123456789ab" };
    const { failures, warnings, statuses, rehearsal } = await verify(
      await servers.listen(listener),
      {
        endpoint: { headers: registered },
      },
    );
    expect(failures).toEqual([]);
    expect(warnings).toEqual(usual);
    expect(statuses).toEqual([
      ["AssignToAgent", 200],
      ["Release", 200],
    ]);
    const [assign, release] = requests;
    expect(assign).toMatchObject({
      headers: {
        authorization,
        "x-tenant": "acme",
        "x-vcc-registration": "0123456789ab",
        "x-vcc-verify": expect.stringMatching(/^[0-9a-f-]{36}$/),
        "content-type": "application/json",
      },
      body: [
        {
          notification: "AssignToAgent",
          objectid: expect.stringMatching(/^pulumi-vcc-verify-[0-9a-f-]{36}$/),
          notificationid: expect.stringMatching(/^[0-9a-f-]{36}$/),
          params: { AccountName: "pulumi-vcc verify", Agent: "pulumi-vcc verify", AgentId: "0" },
        },
      ],
    });
    expect(release?.body).toMatchObject([
      { notification: "Release", objectid: assign?.body[0]?.objectid },
    ]);
    expect(release?.body[0]?.notificationid).not.toBe(assign?.body[0]?.notificationid);
    expect(rehearsal.addresses).toContain("127.0.0.1");
    const days = ((rehearsal.certificate?.expiresAtMs ?? 0) - Date.now()) / 86_400_000;
    expect(days).toBeCloseTo(30, 0);
  });

  it("lets registered headers override its own, but not the one that marks it", async () => {
    const { requests, listener } = recording();
    const own = {
      "content-type": "application/vcc+json",
      "User-Agent": "VCC",
      "x-vcc-verify": "x",
    };
    await verify(await servers.listen(listener), { endpoint: { headers: { ...headers, ...own } } });
    expect(requests[0]?.headers).toMatchObject({
      "content-type": "application/vcc+json",
      "user-agent": "VCC",
      "x-vcc-verify": expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it("leaves no trace in the evidence of a receiver", async () => {
    const handled: unknown[] = [];
    const receiver = createReceiver({ headers, onNotification: (one) => handled.push(one) });
    const url = await servers.listen(receiver.node);
    const { failures, statuses } = await verify(url, { probeRejection: true });
    expect(failures).toEqual([]);
    expect(statuses).toEqual([
      ["AssignToAgent", 200],
      ["without secret headers", 401],
      ["with wrong secrets", 401],
      ["Release", 200],
    ]);
    expect(handled).toEqual([]);
    expect(await receiver.evidence()).toMatchObject({ registrations: [], lastRefusedAt: null });
  });

  it("probes the rejection with requests that differ only in secret headers", async () => {
    const { requests, listener } = recording((received) => (isRight(received) ? true : 401));
    await verify(await servers.listen(listener), { probeRejection: true });
    expect(requests).toHaveLength(4);
    const [, without, wrong] = requests;
    expect(without?.headers).not.toHaveProperty("authorization");
    expect(wrong?.headers.authorization).toMatch(/^Bearer [A-Za-z0-9+/]+=*$/);
    expect(wrong?.headers.authorization).not.toBe(authorization);
    const tenants = requests.map(({ headers }) => headers["x-tenant"]);
    expect(tenants).toEqual(["acme", "acme", "acme", "acme"]);
  });

  const accepts = (message: string) => ({
    id: "accepts unauthenticated",
    severity: "failure",
    message: expect.stringContaining(message),
  });

  it("finds an endpoint that accepts everything, and releases what it has begun", async () => {
    const { requests, listener } = recording();
    const { failures } = await verify(await servers.listen(listener), { probeRejection: true });
    expect(failures).toEqual([
      accepts("accepts a request without secret headers (Authorization)"),
      accepts("accepts a request with wrong secrets (Authorization)"),
    ]);
    const sent = requests.map(({ body }) => [body[0]?.notification, body[0]?.objectid]);
    expect(new Set(sent.map(([, objectid]) => objectid)).size).toBe(1);
    expect(sent.map(([notification]) => notification)).toEqual([
      ...["AssignToAgent", "AssignToAgent", "AssignToAgent", "Release"],
    ]);
  });

  it("finds an endpoint that checks only whether there are credentials", async () => {
    const { listener } = recording(({ headers }) => (headers.authorization ? true : 401));
    const { failures } = await verify(await servers.listen(listener), { probeRejection: true });
    expect(failures).toEqual([accepts("accepts a request with wrong secrets")]);
  });

  it("finds a registration without a header that authenticates", async () => {
    const { requests, listener } = recording();
    const { failures } = await verify(await servers.listen(listener), {
      probeRejection: true,
      endpoint: { headers: {}, secretHeaders: [] },
    });
    expect(failures).toEqual([accepts("no header authenticates")]);
    expect(requests).toHaveLength(2);
  });

  it.each([401, 403])(
    "sends one request to an endpoint that refuses the headers with %i: more could lock VCC out",
    async (status) => {
      const { requests, listener } = recording(() => status);
      const { failures } = await verify(await servers.listen(listener), { probeRejection: true });
      expect(failures).toMatchObject([
        {
          id: "refused",
          message: expect.stringContaining(`refuses the registered headers (${status})`),
        },
      ]);
      expect(requests).toHaveLength(1);
    },
  );

  it("finds an endpoint that locks VCC out after wrong secrets", async () => {
    let locked = false;
    const { listener } = recording((received) => {
      locked ||= !isRight(received);
      return locked ? 403 : true;
    });
    const { failures } = await verify(await servers.listen(listener), { probeRejection: true });
    expect(failures).toMatchObject([
      { id: "refused", message: expect.stringContaining("to the Release after it: ") },
    ]);
  });

  it.each([404, 405, 500])(
    "reports status %i, and releases what may have begun",
    async (status) => {
      const { requests, listener } = recording(() => status);
      const { failures } = await verify(await servers.listen(listener), { probeRejection: true });
      expect(failures).toMatchObject([
        { id: "error", message: expect.stringContaining(`responds ${status} to AssignToAgent`) },
      ]);
      expect(requests).toHaveLength(status === 500 ? 2 : 1);
    },
  );

  const invalid: Array<[CertificateName, RegExp]> = [
    ["expired", /expired or is not yet valid \(CERT_HAS_EXPIRED\)/],
    ["selfSigned", /not trusted \(\w+\)/],
    ["elsewhere", /for a different host name \(ERR_TLS_CERT_ALTNAME_INVALID\)/],
  ];
  it.each(invalid)("reports a certificate that is invalid: %s", async (name, reason) => {
    const { requests, listener } = recording();
    const { failures, statuses } = await verify(await servers.listen(listener, name));
    expect(failures).toEqual([
      { id: "certificate", severity: "failure", message: expect.stringMatching(reason) },
    ]);
    expect(statuses).toEqual([["AssignToAgent", null]]);
    expect(requests).toEqual([]);
  });

  it("reports an invalid certificate although this process accepts any", async () => {
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
    try {
      const { listener } = recording();
      const { failures } = await verify(await servers.listen(listener, "expired"));
      expect(failures).toMatchObject([{ id: "certificate" }]);
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    }
  });

  it("reports a server that speaks HTTP only", async () => {
    const { requests, listener } = recording();
    const url = await servers.listenHttp(listener);
    const { failures } = await verify(url.replace("http:", "https:"));
    expect(failures).toMatchObject([
      { id: "unreachable", message: expect.stringContaining("the TLS handshake failed") },
    ]);
    expect(requests).toEqual([]);
  });

  it("sends nothing to an http URL, except on this machine", async () => {
    const { requests, listener } = recording();
    const url = await servers.listenHttp(listener);
    expect(await verify(url)).toMatchObject({
      failures: [],
      warnings: ["address", "http", "port"],
    });
    expect(requests).toHaveLength(2);
    const elsewhere = await verify(url.replace("localhost", "0.0.0.0"));
    expect(elsewhere.failures).toMatchObject([
      { id: "unreachable", message: expect.stringContaining("nothing was sent") },
    ]);
    expect(requests).toHaveLength(2);
  });

  it("reports a redirect, and follows none", async () => {
    const target = recording();
    const location = await servers.listen(target.listener);
    const url = await servers.listen((_request, response) => {
      response.writeHead(308, { location }).end();
    });
    const { failures } = await verify(url);
    expect(failures).toMatchObject([
      { id: "redirect", message: expect.stringMatching(/^308 redirects to "localhost:\d+"/) },
    ]);
    expect(target.requests).toEqual([]);
  });

  it("does not show a secret that a redirect contains", async () => {
    const url = await servers.listen((_request, response) => {
      response.writeHead(302, { location: "https://canary-authorization.example/" }).end();
    });
    expect((await verify(url)).failures).toMatchObject([{ id: "redirect" }]);
  });

  const quoting: RequestListener = (request, response) =>
    response.end(`<html><body>${JSON.stringify(request.headers)}</body></html>`);
  it("reports a web page, but no text that a framework labels as one", async () => {
    const { failures } = await verify(await servers.listen(quoting));
    expect(failures).toMatchObject([
      { id: "web page", message: expect.stringContaining("a web page (200)") },
    ]);
    const flask: RequestListener = (_request, response) =>
      response.setHeader("content-type", "text/html").end("ok");
    expect((await verify(await servers.listen(flask))).failures).toEqual([]);
  });

  it.each([
    ["a page with a comment first", "text/html", "<!-- --><!DOCTYPE html>", "web page"],
    ["a page without a label", "text/plain", " <!doctype HTML>", "web page"],
    ["XML", "application/xml", "<response/>", undefined],
  ])("tells %s", async (_case, type, body, expected) => {
    const url = await servers.listen((_request, response) => {
      response.setHeader("content-type", type).end(body);
    });
    expect((await verify(url)).failures.map(({ id }) => id)).toEqual(expected ? [expected] : []);
  });

  it.each([
    ["is compressed", gzipSync("<html>"), "it is compressed"],
    ["ends early", "ok", "closed before the response was complete"],
  ])("warns of a response that %s", async (_case, body, reason) => {
    const url = await servers.listen((_request, response) => {
      response.setHeader("content-length", "100").write(body);
      setTimeout(() => response.destroy(), 20);
    });
    const { rehearsal, warnings } = await verify(url);
    expect(warnings).toEqual(["unreadable", ...usual]);
    expect(rehearsal.observations[0]?.unreadable).toContain(reason);
  });

  it("sends nothing if a certificate of the CA file is broken", async () => {
    const { requests, listener } = recording();
    const url = await servers.listen(listener);
    const name = join(dirname(servers.caFile), "broken.pem");
    const block = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    writeFileSync(name, readFileSync(servers.caFile, "utf8") + block);
    const caFile = { name, directory: "/", label: "vcc:caFile" };
    const { signal } = new AbortController();
    await expect(
      rehearse(
        { url, isSecret: false, headers, secretHeaders: [] },
        { probeRejection: false, caFile, timeoutMs: 2000, signal },
      ),
    ).rejects.toThrow(/^vcc:caFile: .*broken\.pem/);
    expect(requests).toEqual([]);
  });

  it("does not show where a secret endpoint redirects", async () => {
    const url = await servers.listen((_request, response) => {
      response.writeHead(307, { location: "https://localhost/" }).end();
    });
    const { failures } = await verify(url, { endpoint: { isSecret: true } });
    expect(failures[0]?.message).toMatch(/^307 redirects; /);
  });

  it("warns of a slow response", async () => {
    const url = await servers.listen((_request, response) => setTimeout(() => response.end(), 30));
    expect((await verify(url, { slowMs: 10 })).warnings).toEqual(["slow", ...usual]);
  });

  it("reports an endpoint that never responds, and releases what may have begun", async () => {
    let requests = 0;
    const url = await servers.listen(() => (requests += 1));
    const { failures } = await verify(url, { timeoutMs: 150 });
    expect(failures).toMatchObject([
      { id: "unreachable", message: expect.stringContaining("no complete response within 0.15 s") },
    ]);
    expect(requests).toBe(2);
  });

  it("reports a reset connection, a closed port, and a host that does not exist", async () => {
    const reset = await servers.listen((request) => request.socket.destroy());
    const resetting = await verify(reset);
    expect(resetting.failures).toMatchObject([
      { id: "unreachable", message: expect.stringMatching(/was (closed|reset)/) },
    ]);
    const port = await servers.listenTcp((socket) => socket.resetAndDestroy());
    expect((await verify(`https://localhost:${port}`)).failures).toMatchObject([
      { id: "unreachable" },
    ]);
    const missing = await verify("https://nowhere.invalid/vcc");
    expect(missing.failures).toMatchObject([
      { id: "unreachable", message: expect.stringMatching(/the host was not found|connection/) },
    ]);
    expect(missing.statuses).toEqual([["AssignToAgent", null]]);
  });

  it("warns if a request that must be refused gets no response", async () => {
    const { listener } = recording();
    const url = await servers.listen((request, response) => {
      if (request.headers.authorization === authorization) listener(request, response);
      else request.socket.destroy();
    });
    expect(await verify(url, { probeRejection: true })).toMatchObject({
      failures: [],
      warnings: ["unclear", "unclear", ...usual],
    });
  });

  it("sends only the Release after it was stopped", async () => {
    const controller = new AbortController();
    const { requests, listener } = recording(() => {
      controller.abort("stopped by SIGINT");
      return true;
    });
    const url = await servers.listen(listener);
    const { signal } = controller;
    await verify(url, { probeRejection: true, signal });
    expect(requests.map(({ body }) => body[0]?.notification)).toEqual(["AssignToAgent", "Release"]);
    await verify(url, { signal });
    expect(requests).toHaveLength(2);
  });

  it("reads only the beginning of an endless response", async () => {
    const url = await servers.listen((_request, response) => {
      const write = () => {
        while (!response.destroyed && response.write("x".repeat(10_000)));
      };
      response.on("drain", write);
      write();
    });
    expect((await verify(url)).failures).toEqual([]);
  });
});
