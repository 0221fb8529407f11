import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createWitnessClient } from "../../../provider/witness/witness-client";

const token = "canary-token";

describe("the witness client", () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.close();
      server.closeAllConnections();
    }
  });

  async function listen(listener: RequestListener): Promise<string> {
    const server = createServer(listener).listen(0, "127.0.0.1");
    servers.push(server);
    await once(server, "listening");
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  const messageOf = (asked: Promise<unknown>) =>
    asked.then(
      () => "answered",
      ({ name, message }) => `${name}: ${message}`,
    );

  it("sends a GET with the token, and returns the JSON", async () => {
    const seen: unknown[] = [];
    const url = await listen(({ method, url: path, headers }, response) => {
      seen.push([method, path, headers.authorization, headers.accept, headers["content-length"]]);
      response.end('{"version":1}');
    });
    const client = createWitnessClient({ token });
    expect(await client.ask(`${url}/w?x=1`)).toEqual({ version: 1 });
    expect(seen).toEqual([["GET", "/w?x=1", `Bearer ${token}`, "application/json", undefined]]);
  });

  it.each<[string, RequestListener, string]>([
    [
      "a status that is not 200",
      (_request, response) => response.writeHead(404).end(token),
      "ProtocolError: the witness responded 404: check the URL, and that the receiver has a witnessToken",
    ],
    [
      "the status of the receiver's endpoint",
      (_request, response) => response.writeHead(405).end(token),
      "ProtocolError: the witness responded 405: is the stage part of the path? Behind a stage or prefix, witnessPath of the receiver includes it",
    ],
    [
      "another success",
      (_request, response) => response.writeHead(204).end(),
      "ProtocolError: the witness responded 204",
    ],
    [
      "text",
      (_request, response) => response.end(`{"token": ${token}}`),
      "ProtocolError: the witness responded with something other than JSON",
    ],
    [
      "a web page",
      (_request, response) =>
        response.writeHead(200, { "content-type": "text/html" }).end(`Sign in: ${token}`),
      "ProtocolError: the witness responded with a web page: check the proxy and the URL",
    ],
    [
      "a body that is too large to be evidence",
      (_request, response) => response.end(JSON.stringify("x".repeat(70_000))),
      "ProtocolError: the witness responded with something other than JSON",
    ],
  ])("rejects %s, without quoting it", async (_case, listener, message) => {
    const url = await listen(listener);
    expect(await messageOf(createWitnessClient({ token }).ask(url))).toBe(message);
  });

  it("follows no redirect, which would show the token to another host", async () => {
    let asked = 0;
    const elsewhere = await listen((_request, response) => {
      asked += 1;
      response.end("{}");
    });
    const url = await listen((_request, response) =>
      response.writeHead(307, { location: elsewhere }).end(),
    );
    expect(await messageOf(createWitnessClient({ token }).ask(url))).toMatch(
      /^ProtocolError: the witness: 307 redirects to /,
    );
    expect(asked).toBe(0);
  });

  it("says so if the response breaks off", async () => {
    const url = await listen((_request, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write('{"version":1', () => response.destroy());
    });
    expect(await messageOf(createWitnessClient({ token }).ask(url))).toMatch(
      /^NetworkError: the witness: the connection was closed before the response was complete/,
    );
  });

  it("gives up on a host after three failures, and does not name it", async () => {
    let requests = 0;
    const url = await listen(() => {
      requests += 1;
    });
    const other = await listen((_request, response) => response.end("{}"));
    const client = createWitnessClient({ token, timeoutMs: 500 });
    const first = await messageOf(client.ask(`${url}/a`));
    expect(first).toMatch(/^NetworkError: the witness: no complete response within 0.5 s/);
    expect(first).not.toContain("127.0.0.1");
    for (const path of ["b", "c", "d", "e"]) {
      expect(await messageOf(client.ask(`${url}/${path}`))).toBe(first);
    }
    expect(requests).toBe(3);
    expect(await client.ask(other)).toEqual({});
  });
});
