import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { Agent } from "undici";
import { AuthenticationError } from "../../../provider/errors";
import { createTokenSource } from "../../../provider/vcc/token";
import { exchange } from "../../../provider/vcc/transport";

const clientSecret = "s3cret canary:/+%";

describe("token source at oidc-provider", () => {
  const dispatcher = new Agent();
  let server: ChildProcess;
  let authUrl = "";

  beforeAll(async () => {
    const program = join(__dirname, "../../authorization-server.mts");
    server = spawn(process.execPath, [program], {
      env: { ...process.env, CLIENT_SECRET: clientSecret },
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [line] = await once(server.stdout ?? server, "data");
    authUrl = String(line).trim();
  });
  afterAll(async () => {
    server.kill();
    await dispatcher.close();
  });

  const tokenFor = (
    clientId: string,
    clientAuthentication: "form" | "basic",
    secret = clientSecret,
  ) =>
    createTokenSource(
      { clientId, clientSecret: secret },
      { authUrl, clientAuthentication, totalTimeoutMs: 5000 },
      (outgoing) => exchange(outgoing, { dispatcher }, 5000),
      Date.now,
    ).token(Number.POSITIVE_INFINITY);

  it.each(["form", "basic"] as const)("gets a token with %s authentication", async (method) => {
    await expect(tokenFor(method, method)).resolves.toMatch(/^[\w-]{20,}$/);
  });

  it.each([
    ["a wrong secret", "form", "form", "wrong-canary"],
    ["a wrong secret", "basic", "basic", "wrong-canary"],
    ["an unknown client", "nobody", "form", clientSecret],
  ] as const)("reports %s in the server's words", async (_case, id, method, secret) => {
    const failure = tokenFor(id, method, secret);
    await expect(failure).rejects.toBeInstanceOf(AuthenticationError);
    await expect(failure).rejects.toThrow(
      /: 401 Unauthorized: "invalid_client: client authentication failed"\. Check the client ID/,
    );
    await expect(failure).rejects.not.toThrow(/canary/);
  });
});
