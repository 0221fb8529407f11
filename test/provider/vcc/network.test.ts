import { execFile, execFileSync } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer as createHttpServer, type IncomingMessage } from "node:http";
import { createSecureServer, type ServerHttp2Stream } from "node:http2";
import { createServer as createHttpsServer } from "node:https";
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
  type Server,
  type Socket,
} from "node:net";
import { join } from "node:path";
import { createNetwork } from "../../../provider/vcc/network";
import { exchange } from "../../../provider/vcc/transport";
import type { Certificates } from "../../certificates.mts";
import { temporaryDirectory } from "../../temporary-directory";
import { withoutProxyVariables } from "./environment";

/** Linux connects it to this machine. It is no loopback address, which would bypass the proxy. */
const host = "0.0.0.0";

describe("network", () => {
  withoutProxyVariables();
  const directory = temporaryDirectory();
  const closing: Array<() => void> = [];
  const { authority, certificate, elsewhere, otherAuthority, otherCertificate }: Certificates =
    JSON.parse(
      execFileSync(process.execPath, [join(__dirname, "../../certificates.mts")], {
        encoding: "utf8",
      }),
    );

  afterEach(() => {
    for (const close of closing.splice(0)) close();
  });

  async function listen(server: Server): Promise<number> {
    const sockets = new Set<Socket>();
    server.on("connection", (socket: Socket) => sockets.add(socket));
    closing.push(() => {
      server.close();
      for (const socket of sockets) socket.destroy();
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    return (server.address() as AddressInfo).port;
  }

  function writeFile(name: string, content: string): string {
    const path = join(directory.path, name);
    writeFileSync(path, content);
    return path;
  }

  const writeAuthority = () => writeFile("ca.pem", authority.cert);

  async function post(
    url: string,
    { caFile, timeoutMs = 5000 }: { caFile?: string; timeoutMs?: number } = {},
  ) {
    const network = createNetwork({
      urls: [url],
      connections: 2,
      ...(caFile !== undefined && { caFile: caFileNamed(caFile) }),
      connectTimeoutMs: timeoutMs / 2,
    });
    closing.push(() => void network.dispatcher.destroy());
    const send = () => exchange({ url, headers: {}, body: "{}", secrets: [] }, network, timeoutMs);
    return { ...(await send()), send };
  }

  function caFileNamed(name: string) {
    return { name, directory: directory.path, label: "vcc:caFile" };
  }

  const startTlsServer = () =>
    listen(createHttpsServer(certificate, (_request, response) => response.end("over TLS")));

  /** Opens tunnels to this machine, unless it has an error to respond with. */
  function startProxy(error?: string, tls?: typeof certificate): Promise<number> {
    const server = tls ? createHttpsServer(tls) : createHttpServer();
    server.on("connect", ({ url = "" }: IncomingMessage, socket: Socket) => {
      if (error !== undefined) {
        socket.end(error);
        return;
      }
      const upstream = connect(Number(url.split(":")[1]), "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        socket.pipe(upstream).pipe(socket);
      });
      socket.on("error", () => upstream.destroy());
      upstream.on("error", () => socket.destroy());
    });
    return listen(server);
  }

  it("shows an observer the addresses and the certificate of a host, but not those of a proxy", async () => {
    const caFile = caFileNamed(writeAuthority());
    async function observe(url: string) {
      const observed: Array<string | string[] | undefined> = [];
      const network = createNetwork({
        ...{ urls: [url], connections: 1, caFile, connectTimeoutMs: 5000 },
        observer: {
          onAddresses: (addresses) => observed.push(addresses),
          onCertificate: ({ subjectaltname }) => observed.push(subjectaltname),
        },
      });
      closing.push(() => void network.dispatcher.destroy());
      await exchange({ url, headers: {}, secrets: [] }, network, 5000).catch(() => {});
      return observed;
    }
    const names = expect.stringContaining("DNS:localhost");
    const port = await startTlsServer();
    expect(await observe(`https://localhost:${port}`)).toEqual([
      expect.arrayContaining(["127.0.0.1"]),
      names,
    ]);
    const proxyPort = await startProxy(undefined, elsewhere);
    process.env.HTTPS_PROXY = `https://localhost:${proxyPort}`;
    expect(await observe(`https://${host}:${port}`)).toEqual([]);
    process.env.HTTPS_PROXY = `http://localhost:${await startProxy()}`;
    expect(await observe(`https://${host}:${port}`)).toEqual([names]);
  });

  describe("with a certificate file", () => {
    it("trusts its certificates, also over a proxy with TLS", async () => {
      const url = `https://${host}:${await startTlsServer()}`;
      await expect(post(url)).rejects.toThrow(
        /: the server's certificate is not trusted \(\w+\)\. If a private CA signed it, set vcc:caFile/,
      );
      const caFile = writeFile("server.pem", certificate.key + authority.cert);
      expect(await post(url, { caFile })).toMatchObject({ status: 200, body: "over TLS" });
      process.env.HTTPS_PROXY = `https://localhost:${await startProxy(undefined, certificate)}`;
      expect(await post(url, { caFile })).toMatchObject({ status: 200, body: "over TLS" });
    });

    it("says that the file does not contain the issuer", async () => {
      const { cert } = otherAuthority;
      const url = `https://127.0.0.1:${await startTlsServer()}`;
      await expect(post(url, { caFile: writeFile("other.pem", cert) })).rejects.toThrow(
        "The file of vcc:caFile does not contain its issuer: add the certificate of the CA",
      );
    });

    it.each(["--use-openssl-ca", "--use-bundled-ca", "--use-system-ca"])(
      "still trusts the certificates that Node.js trusts with %s",
      async (option) => {
        const urls = [
          `https://${host}:${await startTlsServer()}`,
          `https://${host}:${await listen(createHttpsServer(otherCertificate, (_request, response) => response.end()))}`,
        ];
        const root = join(__dirname, "../../..");
        const program = `
          const { createNetwork } = require("./dist/provider/vcc/network.js");
          const { exchange } = require("./dist/provider/vcc/transport.js");
          const network = createNetwork({ urls: [], connections: 1, caFile: { name: process.env.FILE, directory: "/", label: "vcc:caFile" }, connectTimeoutMs: 5000 });
          Promise.all(${JSON.stringify(urls)}.map((url) => exchange({ url, headers: {}, secrets: [] }, network, 9000)))
            .then((all) => console.log(all.map(({ status }) => status).join()), (error) => console.log(error.message))
            .finally(() => network.dispatcher.destroy());
        `;
        const { NODE_EXTRA_CA_CERTS, ...environment } = process.env;
        const trusted = option === "--use-bundled-ca" ? "NODE_EXTRA_CA_CERTS" : "SSL_CERT_FILE";
        // The servers run in this process.
        const output = await new Promise((resolve) =>
          execFile(
            process.execPath,
            ["-e", program],
            {
              cwd: root,
              env: {
                ...environment,
                NODE_OPTIONS: option,
                FILE: writeAuthority(),
                [trusted]: writeFile("trusted.pem", otherAuthority.cert),
              },
            },
            (_error, stdout, stderr) => resolve(stdout + stderr),
          ),
        );
        expect(output).toBe("200,200\n");
      },
    );

    it.each([
      ["the content of a file", "-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----"],
      ["escaped content", "-----BEGIN PRIVATE KEY-----\\ncanary\\n"],
      ["base64", Buffer.from("-----BEGIN PRIVATE KEY-----\ncanary").toString("base64")],
      ["a long text", "canary1".repeat(1000)],
      ["a NUL", "canary\0"],
    ])("refuses %s as its name, without quoting it", async (_case, caFile) => {
      const error = await post("https://127.0.0.1:9", { caFile }).catch(String);
      expect(error).toMatch(
        /^ConfigurationError: vcc:caFile must be the name of a file: there is none of that name in \/\S+ \([A-Z_]+\)$/,
      );
      expect(error).not.toMatch(/canary|PRIVATE|LS0/);
    });

    it("names a file that is missing or unusable", async () => {
      const failure = (caFile: string) => post("https://127.0.0.1:9", { caFile }).catch(String);
      expect(await failure("/nowhere/ca.pem")).toContain(
        "vcc:caFile: cannot read /nowhere/ca.pem (ENOENT)",
      );
      expect(await failure(directory.path)).toContain(`cannot read ${directory.path} (EISDIR)`);
      expect(await failure(__filename)).toContain(`${__filename} contains no PEM certificate`);
    });
  });

  describe("with a proxy", () => {
    const failureOf = async (proxyUrl: string, timeoutMs?: number) => {
      process.env.HTTPS_PROXY = proxyUrl;
      const url = `https://${host}:${await startTlsServer()}`;
      const options = { caFile: writeAuthority(), ...(timeoutMs !== undefined && { timeoutMs }) };
      const error = await post(url, options).catch((error: Error) => error);
      const { name, message, retryable, outcomeUnknown } = error as never;
      expect(name).toBe("NetworkError");
      expect(message).not.toContain("canary");
      expect(outcomeUnknown).toBe(false);
      return { message, retryable };
    };
    const response = (status: string) => `HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`;

    it("does not read its URL if there is nothing to send through it", async () => {
      process.env.HTTPS_PROXY = "proxy:3128";
      const url = `https://127.0.0.1:${await startTlsServer()}`;
      expect(await post(url, { caFile: writeAuthority() })).toMatchObject({ status: 200 });
      await expect(post(`https://${host}`)).rejects.toThrow("HTTPS_PROXY must begin with http://");
    });

    it("sends nothing for loopback through it, also if other hosts need it", async () => {
      process.env.HTTPS_PROXY = "http://127.0.0.1:9";
      const url = `https://127.0.0.1:${await startTlsServer()}`;
      const network = createNetwork({
        urls: [url, `https://${host}`],
        connections: 1,
        caFile: caFileNamed(writeAuthority()),
        connectTimeoutMs: 5000,
      });
      closing.push(() => void network.dispatcher.destroy());
      const request = { url, headers: {}, body: "{}", secrets: [] };
      expect(await exchange(request, network, 5000)).toMatchObject({ body: "over TLS" });
    });

    it("sends through it", async () => {
      process.env.HTTPS_PROXY = `http://127.0.0.1:${await startProxy()}`;
      const url = `https://${host}:${await startTlsServer()}`;
      expect(await post(url, { caFile: writeAuthority() })).toMatchObject({ body: "over TLS" });
    });

    it.each([
      [
        "without credentials",
        "",
        "the proxy requires a user and a password (407). Set HTTPS_PROXY to http://user:password@host:port",
      ],
      [
        "with credentials",
        "user:canary@",
        "the proxy rejected the user or the password in HTTPS_PROXY (407). Set HTTPS_PROXY to http://user:password@host:port, with special characters percent-encoded (%5C for a backslash). Proxies that require NTLM or Kerberos are not supported",
      ],
    ])("explains 407 %s", async (_case, credentials, message) => {
      const port = await startProxy(response("407 Proxy Authentication Required"));
      expect(await failureOf(`http://${credentials}127.0.0.1:${port}`)).toEqual({
        message: expect.stringContaining(message),
        retryable: false,
      });
    });

    it.each([
      ["403 Forbidden", false],
      ["502 Bad Gateway", true],
    ])("explains %s, and retries: %s", async (status, retryable) => {
      const port = await startProxy(response(status));
      expect(await failureOf(`http://127.0.0.1:${port}`)).toEqual({
        message: expect.stringContaining(
          `the proxy refused the connection (${status.slice(0, 3)}). Check HTTPS_PROXY and NO_PROXY, and`,
        ),
        retryable,
      });
    });

    it("says so if it cannot be reached", async () => {
      const port = await startProxy();
      closing.pop()?.();
      expect(await failureOf(`http://user:canary@127.0.0.1:${port}`)).toEqual({
        message: expect.stringMatching(
          /the proxy of HTTPS_PROXY cannot be used: the connection was refused \(ECONNREFUSED\)\. Check HTTPS_PROXY and NO_PROXY$/,
        ),
        retryable: true,
      });
    });

    it.each([
      ["responds", (socket: Socket) => socket.end(response("400 Bad Request"))],
      ["closes", (socket: Socket) => socket.destroy()],
      ["stays silent", () => {}],
    ])(
      "says that https:// is wrong for a proxy that speaks HTTP, and %s",
      async (_case, answer) => {
        const port = await listen(
          createTcpServer((socket) =>
            socket.on("error", () => {}).once("data", () => answer(socket)),
          ),
        );
        const { message } = await failureOf(`https://127.0.0.1:${port}`, 4000);
        expect(message).toMatch(
          /Check HTTPS_PROXY and NO_PROXY\. If the proxy speaks HTTP, which is usual, begin the URL with http:\/\/ instead of https:\/\/$/,
        );
      },
    );

    it("says that https:// may be needed if the proxy closes the connection", async () => {
      const port = await startProxy(undefined, certificate);
      const { message } = await failureOf(`http://127.0.0.1:${port}`);
      expect(message).toMatch(
        /the proxy of HTTPS_PROXY cannot be used: .*If the proxy speaks TLS, begin the URL with https:\/\/ instead of http:\/\/$/,
      );
    });

    it("names the proxy if its certificate is for another host, or not trusted", async () => {
      const port = await startProxy(undefined, elsewhere);
      expect(await failureOf(`https://127.0.0.1:${port}`)).toMatchObject({
        message: expect.stringContaining(
          "the proxy's certificate is for a different host name (ERR_TLS_CERT_ALTNAME_INVALID). Check HTTPS_PROXY",
        ),
      });
      const other = await startProxy(undefined, otherCertificate);
      expect(await failureOf(`https://127.0.0.1:${other}`)).toMatchObject({
        message: expect.stringContaining("the proxy's certificate is not trusted"),
      });
    });
  });

  describe("with HTTP/2", () => {
    /** A server of both versions, and the requests that it has seen. */
    async function startServer(onStream: (stream: ServerHttp2Stream, count: number) => void) {
      const seen: string[] = [];
      const server = createSecureServer({ ...certificate, allowHTTP1: true });
      server.on("sessionError", () => {});
      server.on("session", (session) => session.on("error", () => {}));
      server.on("stream", (stream) => {
        seen.push("2");
        stream.on("error", () => {});
        onStream(stream, seen.length);
      });
      server.on("request", (request, response) => {
        if (request.httpVersion !== "1.1") return;
        seen.push("1.1");
        response.end("over HTTP/1.1");
      });
      const url = `https://127.0.0.1:${await listen(server as unknown as Server)}`;
      return { url, seen };
    }

    const succeed = (stream: ServerHttp2Stream) => {
      stream.respond({ ":status": 200 });
      stream.end("over HTTP/2");
    };
    const refuse = { refusedStream: 7, http11Required: 13 };

    it("gets a response", async () => {
      const { url, seen } = await startServer(succeed);
      expect(await post(url, { caFile: writeAuthority() })).toMatchObject({ body: "over HTTP/2" });
      expect(seen).toEqual(["2"]);
    });

    it.each([
      ["REFUSED_STREAM", (stream: ServerHttp2Stream) => stream.close(refuse.refusedStream)],
      [
        "GOAWAY",
        ({ session }: ServerHttp2Stream) => {
          session?.goaway(0);
          session?.destroy();
        },
      ],
    ])("reports %s as retryable, and continues on a new stream", async (_case, fail) => {
      const { url, seen } = await startServer((stream, count) =>
        count === 1 ? fail(stream) : succeed(stream),
      );
      const network = createNetwork({
        urls: [url],
        connections: 2,
        caFile: caFileNamed(writeAuthority()),
        connectTimeoutMs: 5000,
      });
      closing.push(() => void network.dispatcher.destroy());
      const send = () => exchange({ url, headers: {}, body: "{}", secrets: [] }, network, 5000);
      await expect(send()).rejects.toMatchObject({ name: "NetworkError", retryable: true });
      expect(await send()).toMatchObject({ body: "over HTTP/2" });
      expect(seen).toEqual(["2", "2"]);
    });

    it.each([
      ["a stream", (stream: ServerHttp2Stream) => stream.close(refuse.http11Required)],
      ["GOAWAY", ({ session }: ServerHttp2Stream) => session?.goaway(refuse.http11Required)],
    ])("continues with HTTP/1.1 if %s requires it", async (_case, fail) => {
      const { url, seen } = await startServer(fail);
      const { body, send } = await post(url, { caFile: writeAuthority() });
      expect(body).toBe("over HTTP/1.1");
      expect(await send()).toMatchObject({ body: "over HTTP/1.1" });
      expect(seen).toEqual(["2", "1.1", "1.1"]);
    });
  });
});
