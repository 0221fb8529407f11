/** Runs `oidc-provider`, an independent OAuth server, until it is killed. Prints its token endpoint. */
import type { AddressInfo } from "node:net";
// @ts-expect-error: Its types are another eight packages.
import Provider from "oidc-provider";

const client = (client_id: string, token_endpoint_auth_method: string) => ({
  client_id,
  client_secret: process.env.CLIENT_SECRET ?? "",
  grant_types: ["client_credentials"],
  response_types: [],
  redirect_uris: [],
  token_endpoint_auth_method,
});

const provider = new Provider("http://127.0.0.1", {
  clients: [client("form", "client_secret_post"), client("basic", "client_secret_basic")],
  features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
  scopes: ["interactions:write"],
  ttl: { ClientCredentials: 900 },
});
const server = provider.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  console.log(`http://127.0.0.1:${port}/token`);
});
