import { startEmulator } from "../../emulator";
import { createRedirect } from "../../emulator/delivery";
import { servers } from "../receiver/server";
import { clientOf } from "./client";

describe("deliverTo", () => {
  const listen = servers();

  it("replaces scheme, host and port of the URL", () => {
    const redirect = createRedirect("http://127.0.0.1:8080");
    expect(redirect("https://crm.example.com/vcc?tenant=1")).toBe(
      "http://127.0.0.1:8080/vcc?tenant=1",
    );
    expect(createRedirect(undefined)("https://crm.example.com/vcc")).toBe(
      "https://crm.example.com/vcc",
    );
  });

  it.each(["127.0.0.1:8080", "http://127.0.0.1:8080/path", "ftp://a.example", "http://a?b", ""])(
    "must not be %j",
    async (deliverTo) => {
      await expect(startEmulator({ deliverTo })).rejects.toThrow(
        new TypeError(
          "deliverTo must be an http or https URL without a path, like http://127.0.0.1:8080",
        ),
      );
    },
  );

  it("receives the callbacks of every endpoint", async () => {
    const seen: unknown[] = [];
    const { url } = await listen(({ url: path, headers }, response) => {
      seen.push([path, headers.authorization]);
      response.end();
    });
    const emulator = await startEmulator({ deliverTo: url });
    const client = clientOf(emulator);
    const headers = { Authorization: "Bearer t" };
    const agentactionspermitted = { release: 1 };
    const endpoint = "https://crm.example.com/vcc?tenant=1";
    await client.register({ provider: "Crm", endpoint, headers, agentactionspermitted });
    const requests = [{ externalid: "case-1", route: "Sales" }];
    await client.invoke({ provider: "Crm", requests });
    await emulator.settled();
    expect(seen).toEqual([["/vcc?tenant=1", "Bearer t"]]);
    expect(emulator.callbacks()).toMatchObject([{ url: `${url}/vcc`, status: 200 }]);
    await emulator.close();
  });
});
