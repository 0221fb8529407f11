import { randomBytes, timingSafeEqual } from "node:crypto";
import type { Behavior } from "../behavior";
import { json } from "../responses";

const requiredScope = "interactions:write";

export function createTokens(
  client: { clientId: string; clientSecret: string },
  behavior: Behavior,
  now: () => number,
) {
  const expiries = new Map<string, number>();

  return {
    /** `POST /Auth/connect/token`: client credentials, in the form or as HTTP Basic. */
    async issue(request: Request): Promise<Response> {
      const { headers } = request;
      const form = new URLSearchParams(await request.text());
      if (mediaTypeOf(headers.get("content-type")) !== "application/x-www-form-urlencoded") {
        return reject("invalid_request", "The body must be application/x-www-form-urlencoded");
      }
      if (form.get("grant_type") !== "client_credentials") {
        return reject("unsupported_grant_type", "The grant type must be client_credentials");
      }
      const [clientId, clientSecret] = basicCredentials(headers.get("authorization")) ?? [
        form.get("client_id"),
        form.get("client_secret"),
      ];
      if (!same(clientId, client.clientId) || !same(clientSecret, client.clientSecret)) {
        return json(behavior.invalidClientStatus, {
          error: "invalid_client",
          ...(behavior.invalidClientDescription && {
            error_description: "The client ID or the client secret is wrong",
          }),
        });
      }
      const scopes = (form.get("scope") ?? "").split(" ");
      if (!scopes.includes(requiredScope)) {
        return reject("invalid_scope", `The scope must be ${requiredScope}`);
      }
      // The prefix makes leaked tokens easy to find in logs and files.
      const token = `emulator-token-${randomBytes(24).toString("hex")}`;
      const { tokenLifetimeS, tokenLifetimeStated, tokenType } = behavior;
      expiries.set(token, now() + tokenLifetimeS * 1000);
      return json(200, {
        access_token: token,
        ...(tokenLifetimeStated && { expires_in: tokenLifetimeS }),
        token_type: tokenType,
      });
    },
    /** Whether an `Authorization` header has a token that was issued and has not expired. */
    accept(authorization: string | null): boolean {
      const [, token = ""] = /^bearer +(\S+)$/i.exec(authorization ?? "") ?? [];
      return (expiries.get(token) ?? 0) > now();
    },
    /** Invalidates all tokens issued so far. */
    revoke: (): void => expiries.clear(),
  };
}

export function mediaTypeOf(header: string | null): string | undefined {
  return header?.split(";")[0]?.trim().toLowerCase();
}

function reject(error: string, error_description: string): Response {
  return json(400, { error, error_description });
}

/** Basic contains the form-encoded ID and secret. @see RFC 6749, section 2.3.1 */
function basicCredentials(authorization: string | null): [string, string] | undefined {
  const [, encoded] = /^basic +(\S+)$/i.exec(authorization ?? "") ?? [];
  if (encoded === undefined) return undefined;
  const decoded = Buffer.from(encoded, "base64").toString("utf8");
  const [id = "", secret = ""] = decoded.split(/:(.*)/s).map(formDecode);
  return [id, secret];
}

function formDecode(text: string): string {
  return new URLSearchParams(`value=${text}`).get("value") ?? "";
}

function same(given: string | null, expected: string): boolean {
  const [a, b] = [Buffer.from(given ?? ""), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
