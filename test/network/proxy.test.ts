import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer as createTcpServer, type Server } from "node:net";
import { userInfo } from "node:os";
import { join } from "node:path";
import { Transform } from "node:stream";
import { createServer as createTlsServer } from "node:tls";
import { type Emulator, startEmulator } from "../../emulator";
import type { ProviderSettings } from "../../provider/vcc/provider-settings";
import type { Connection } from "../../provider/vcc/register-client";
import { createRegisterClient } from "../../provider/vcc/register-client";
import { freePort } from "../../tools/free-port.mts";
import type { Certificates } from "../certificates.mts";
import { temporaryDirectory } from "../temporary-directory";

const settings: ProviderSettings = {
  provider: "Crm",
  agentactionspermitted: { release: 1, hold: 0, transferToAgent: 0, transferToRoute: 0 },
};

/** Linux connects it to this machine. It is no loopback address, which would bypass the proxy. */
const host = "0.0.0.0";

async function listening(server: Server): Promise<number> {
  if (!server.listening) await once(server.listen(0, "127.0.0.1"), "listening");
  return (server.address() as AddressInfo).port;
}

describe("behind a private CA and a proxy", () => {
  const directory = temporaryDirectory();
  const variables = [
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
  ];
  const before = Object.fromEntries(variables.map((name) => [name, process.env[name]]));
  const { authority, certificate }: Certificates = JSON.parse(
    execFileSync(process.execPath, [join(__dirname, "../certificates.mts")], { encoding: "utf8" }),
  );
  let emulator: Emulator;
  let tls: Server;
  let proxy: ChildProcess | undefined;

  beforeEach(async () => {
    for (const name of variables) delete process.env[name];
    emulator = await startEmulator();
    tls = createTlsServer(certificate, (socket) => {
      const upstream = connect(Number(new URL(emulator.url).port), "127.0.0.1");
      socket.pipe(withLoopbackHost()).pipe(upstream).pipe(socket);
      socket.on("error", () => upstream.destroy());
      upstream.on("error", () => socket.destroy());
    });
    await listening(tls);
  });
  afterEach(async () => {
    proxy?.kill();
    proxy = undefined;
    tls.close();
    await emulator.close();
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  async function register({
    caFile,
    host: target = host,
    ...options
  }: {
    caFile?: string;
    host?: string;
    attemptTimeoutMs?: number;
  } = {}) {
    const origin = `https://${target}:${await listening(tls)}`;
    const connection: Connection = {
      apiUrl: `${origin}/interactions`,
      authUrl: `${origin}/Auth/connect/token`,
      clientAuthentication: "form",
      maxConcurrency: 4,
      totalTimeoutMs: 60_000,
      ...(caFile !== undefined && {
        caFile: { name: caFile, directory: "/", label: "vcc:caFile" },
      }),
    };
    const client = createRegisterClient(
      connection,
      { clientId: "emulator", clientSecret: "emulator-secret" },
      {
        clock: { now: () => performance.now(), waitUntil: async () => {} },
        maxAttempts: 2,
        ...options,
      },
    );
    try {
      const outcome = await client.register(settings);
      if (outcome.kind !== "acknowledged") throw outcome.error;
    } finally {
      await client.close();
    }
  }

  function writeCaFile(): string {
    const caFile = join(directory.path, "ca.pem");
    writeFileSync(caFile, authority.cert);
    return caFile;
  }

  async function startProxy(...lines: string[]): Promise<() => string[]> {
    const port = await freePort();
    const log = join(directory.path, "proxy.log");
    const configuration = join(directory.path, "proxy.conf");
    writeFileSync(
      configuration,
      [
        `User ${userInfo().username}`,
        `Port ${port}`,
        "Listen 127.0.0.1",
        "Timeout 60",
        `LogFile "${log}"`,
        "LogLevel Connect",
        "MaxClients 20",
        ...lines,
        "",
      ].join("\n"),
    );
    proxy = spawn("tinyproxy", ["-d", "-c", configuration], { stdio: "ignore" });
    process.env.HTTPS_PROXY = `http://127.0.0.1:${port}`;
    for (;;) {
      const socket = connect(port, "127.0.0.1");
      const opened = await Promise.race([
        once(socket, "connect").then(() => true),
        once(socket, "error").then(() => false),
      ]).catch(() => false);
      socket.destroy();
      if (opened) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return () => readFileSync(log, "utf8").match(/CONNECT [\d.]+:\d+/g) ?? [];
  }

  const registered = () => emulator.registrations().map(({ provider }) => provider);

  it("reaches both endpoints through the proxy", async () => {
    const connects = await startProxy();
    await register({ caFile: writeCaFile() });
    expect(registered()).toEqual(["Crm"]);
    expect(emulator.requests().map(({ path }) => path)).toEqual([
      "/Auth/connect/token",
      "/interactions/Register",
    ]);
    expect(connects().length).toBeGreaterThan(0);
    expect(new Set(connects())).toEqual(new Set([`CONNECT ${host}:${await listening(tls)}`]));
  });

  it("bypasses the proxy for hosts in NO_PROXY", async () => {
    const connects = await startProxy();
    process.env.NO_PROXY = host;
    await register({ caFile: writeCaFile() });
    expect(registered()).toEqual(["Crm"]);
    expect(connects()).toEqual([]);
  });

  it("bypasses the proxy for loopback", async () => {
    const connects = await startProxy();
    await register({ caFile: writeCaFile(), host: "127.0.0.1" });
    expect(registered()).toEqual(["Crm"]);
    expect(connects()).toEqual([]);
  });

  it("does not wait for a proxy that never responds", async () => {
    const silent = createTcpServer();
    process.env.HTTPS_PROXY = `http://127.0.0.1:${await listening(silent)}`;
    const start = performance.now();
    await expect(register({ caFile: writeCaFile(), attemptTimeoutMs: 300 })).rejects.toThrow(
      "no complete response within 0.3 s. Check the network, the proxy if there is one",
    );
    expect(performance.now() - start).toBeLessThan(5000);
    silent.close();
  });
});

/** The emulator serves loopback only, which is what `Host` must name. */
function withLoopbackHost(): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const text = chunk.toString("latin1").replace(/^(host: )0\.0\.0\.0/im, "$1127.0.0.1");
      done(null, Buffer.from(text, "latin1"));
    },
  });
}
