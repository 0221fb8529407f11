import type { Emulator } from "../../emulator";

export const settings = {
  provider: "TestProviderName",
  endpoint: "https://endpoint.example.com/routingendpoint",
  headers: { "x-header1": "value1", Authorization: "Basic QWxhZGRpbjpPcGVuU2VzYW1l" },
  agentactionspermitted: { release: 1, hold: 1, transferToAgent: 1, transferToRoute: 1 },
};

/** A plain client that neither retries nor interprets responses. */
export function clientOf(emulator: Emulator) {
  async function post(url: string, headers: Record<string, string>, body: string) {
    const response = await fetch(url, { method: "POST", headers, body, redirect: "manual" });
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  async function requestToken(fields: Record<string, string> = {}) {
    const form = {
      grant_type: "client_credentials",
      scope: "interactions:write",
      client_id: "emulator",
      client_secret: "emulator-secret",
      ...fields,
    };
    const type = { "content-type": "application/x-www-form-urlencoded" };
    const response = await post(emulator.authUrl, type, new URLSearchParams(form).toString());
    return { ...response, token: /"access_token":"(.*?)"/.exec(response.text)?.[1] ?? "" };
  }

  async function postApi(path: string, body: unknown, token?: string, headers: object = {}) {
    return post(
      `${emulator.apiUrl}${path}`,
      {
        accept: "application/vnd.newvoicemedia.v1+json",
        authorization: `Bearer ${token ?? (await requestToken()).token}`,
        "content-type": "application/json",
        ...headers,
      },
      typeof body === "string" ? body : JSON.stringify(body),
    );
  }

  return {
    post,
    postApi,
    requestToken,
    register: (body: unknown = settings, token?: string) => postApi("/Register", body, token),
    invoke: (body: unknown, token?: string) => postApi("/Invoke", body, token),
  };
}
