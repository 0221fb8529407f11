import type { RequestListener } from "node:http";
import { servers } from "../../receiver/server";
import { ask } from "./ask";

interface Variations {
  /** Instead of 401, for an unknown token. */
  unknownTokenStatus?: number;
  /** Whether a registration may be repeated. */
  upsert?: boolean;
}

/** A VCC as its documentation has it, written for this test alone. */
function strictVcc({ unknownTokenStatus = 401, upsert = true }: Variations = {}): RequestListener {
  const registered = new Set<string>();
  return async (request, response) => {
    const answer = (status: number, body?: object) =>
      response.writeHead(status).end(body && JSON.stringify(body));
    let body = "";
    for await (const chunk of request) body += chunk;
    const { authorization = "", accept, "content-type": type } = request.headers;
    if (request.url === "/token") {
      const form = new URLSearchParams(body);
      // RFC 6749, section 2.3.1: both are form-encoded first.
      const [, encoded = ""] = /^Basic (.+)$/.exec(authorization) ?? [];
      const basic = decodeURIComponent(atob(encoded)) === "emulator:emulator-secret";
      const posted =
        form.get("client_id") === "emulator" && form.get("client_secret") === "emulator-secret";
      if (!basic && !posted) return answer(401, { error: "invalid_client" });
      if (form.get("grant_type") !== "client_credentials") {
        return answer(400, { error: "unsupported_grant_type" });
      }
      if (form.get("scope") !== "interactions:write")
        return answer(400, { error: "invalid_scope" });
      return answer(200, { access_token: "t", expires_in: 900, token_type: "bearer" });
    }
    if (request.url?.toLowerCase() !== "/register") return answer(404);
    if (authorization === "") return answer(401, { message: "Unauthorized" });
    if (authorization !== "Bearer t")
      return answer(unknownTokenStatus, { message: "Unauthorized" });
    if (accept !== "application/vnd.newvoicemedia.v1+json") return answer(400);
    if (body.length > 102_400) return answer(417, { message: "Request size limit exceeded" });
    if (!type?.startsWith("application/json")) return answer(415);
    try {
      const { provider, endpoint = "https://", agentactionspermitted } = JSON.parse(body);
      const isValid = provider && endpoint.startsWith("https:") && agentactionspermitted;
      if (!isValid) return answer(400);
      if (registered.has(provider) && !upsert) return answer(409);
      registered.add(provider);
      return answer(201, { id: 1 });
    } catch {
      return answer(400);
    }
  };
}

describe("conformance with a strict server that is not the emulator", () => {
  const start = servers();

  async function check(variations?: Variations) {
    const { url } = await start(strictVcc(variations));
    const report = await ask({ apiUrl: url, authUrl: `${url}/token` });
    const differing = report.results.filter(({ verdict }) => verdict === "contradicts");
    return { ...report, differing: differing.map(({ id }) => id) };
  }

  it("finds its behavior, and no contradiction", async () => {
    const { behavior, differing, problems } = await check();
    expect({ differing, problems }).toEqual({ differing: [], problems: [] });
    expect(behavior).toEqual({
      successStatus: 201,
      successBody: "object",
      refusalBody: "message",
      invalidClientStatus: 401,
      invalidClientDescription: false,
      tokenLifetimeS: 900,
      tokenLifetimeStated: true,
      tokenType: "bearer",
      agentActions: "required",
      httpEndpoints: "refuse",
    });
  });

  it("names a refused token with another status than 401", async () => {
    expect((await check({ unknownTokenStatus: 403 })).differing).toEqual(["refused-token"]);
  });

  it("names the refusal of a second registration", async () => {
    expect((await check({ upsert: false })).differing).toContain("register-again");
  });
});
