import { defaultBehavior } from "../../../emulator/behavior";
import { parseProviderSettings } from "../../../emulator/vcc/provider-settings";
import { settings } from "../client";

describe("parseProviderSettings", () => {
  it("accepts the documented examples, and does not change them", () => {
    const { endpoint, headers, ...withoutEndpoint } = settings;
    for (const body of [settings, withoutEndpoint]) {
      expect(parseProviderSettings(body, defaultBehavior)).toBe(body);
    }
  });

  it.each([
    ["a list", [], "the body: must be an object"],
    ["a wrapped body", { ProviderSettings: settings }, "ProviderSettings: unknown field"],
    ["a missing name", { ...settings, provider: undefined }, "provider: is required"],
    ["an empty name", { ...settings, provider: " " }, "provider: must not be empty"],
    ["a name that is not a string", { ...settings, provider: 1 }, "provider: must be a string"],
    [
      "an http endpoint",
      { ...settings, endpoint: "http://a.example.com" },
      "endpoint: must be an https URL",
    ],
    ["an endpoint that is null", { ...settings, endpoint: null }, "endpoint: must be a string"],
    ["headers that are a list", { ...settings, headers: [] }, "headers: must be an object"],
    ["a header name with a space", { ...settings, headers: { "a b": "c" } }, "cannot be sent"],
    ["a header value with a line break", { ...settings, headers: { a: "b\nc" } }, "cannot be sent"],
    ["a header value that is not a string", { ...settings, headers: { a: 1 } }, "must be a string"],
    [
      "an Authorization without credentials",
      { ...settings, headers: { authorization: "Basic" } },
      "<type> <credentials>",
    ],
    ["missing permissions", { provider: "a" }, "agentactionspermitted: is required"],
    [
      "an operation in another case",
      { ...settings, agentactionspermitted: { Hold: 1 } },
      "agentactionspermitted.Hold: unknown field",
    ],
    ["true instead of 1", { ...settings, agentactionspermitted: { hold: true } }, "must be 0 or 1"],
    [
      "permissions in another case",
      { ...settings, agentActionsPermitted: {} },
      "agentActionsPermitted: unknown field",
    ],
  ])("rejects %s", (_case, body, message) => {
    expect(() => parseProviderSettings(body, defaultBehavior)).toThrow(message);
  });
});
