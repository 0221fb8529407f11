import {
  parseFault,
  parseMilliseconds,
  parseRateLimit,
  parseSwitch,
  switchListing,
} from "../../cli/emulator-options";
import { defaultBehavior } from "../../emulator/behavior";

describe("--behavior", () => {
  it("collects switches, each with a value of its type", () => {
    const texts = ["successStatus=204", "tokenType=bearer", "batchCallbacks=true"];
    expect(texts.reduce((before, text) => parseSwitch(text, before), {})).toEqual({
      successStatus: 204,
      tokenType: "bearer",
      batchCallbacks: true,
    });
  });

  it.each([
    ["successStatus", "a name that --help"],
    ["status=200", "a name that --help"],
    ["toString=1", "a name that --help"],
    ["successStatus=500", "successStatus must be 200|201|202|204"],
    ["batchCallbacks=yes", "batchCallbacks must be true|false"],
    ["tokenLifetimeS=1h", "tokenLifetimeS must be <number>"],
  ])("rejects %s", (text, message) => {
    expect(() => parseSwitch(text)).toThrow(message);
  });

  it("describes every switch that has no separate option", () => {
    const listed = [...switchListing().matchAll(/^ {2}(\w+)=\S+ +\w.*\(default: (\S+)\)$/gm)];
    const { rateLimit, latencyMs, ...switches } = defaultBehavior;
    expect(Object.fromEntries(listed.map(([, name, value]) => [name, value]))).toEqual(
      Object.fromEntries(Object.entries(switches).map(([name, value]) => [name, String(value)])),
    );
  });
});

describe("--rate-limit and --latency", () => {
  it.each([
    ["160/60s", { requests: 160, windowMs: 60_000, retryAfter: "seconds" }],
    ["5/500ms:none", { requests: 5, windowMs: 500, retryAfter: "none" }],
    ["1/2m:date", { requests: 1, windowMs: 120_000, retryAfter: "date" }],
  ])("accept %s", (text, limit) => {
    expect(parseRateLimit(text)).toEqual(limit);
  });

  it.each(["160", "160/60", "0/60s", "1/0s", "1/1h", "1/1s:later"])("reject %s", (text) => {
    expect(() => parseRateLimit(text)).toThrow("like 160/60s");
  });

  it("accept whole milliseconds", () => {
    expect(parseMilliseconds("250")).toBe(250);
    expect(() => parseMilliseconds("1.5")).toThrow("whole number");
  });
});

describe("--fault", () => {
  it.each([
    ["register:lost-response", "register", 1, { kind: "lost-response" }],
    ["any:resetx3", "any", 3, { kind: "reset" }],
    ["token:status:503x2", "token", 2, { kind: "status", status: 503 }],
    ["api:slow:1500", "api", 1, { kind: "slow", ms: 1500 }],
    ["api:trickle:1", "api", 1, { kind: "trickle", bytesPerSecond: 1 }],
    ["api:html:502", "api", 1, { kind: "html", status: 502 }],
    [
      "invoke:redirect:https://a.example.com:8443/b",
      "invoke",
      1,
      { kind: "redirect", location: "https://a.example.com:8443/b" },
    ],
    ["register:revoke-token", "register", 1, { kind: "revoke-token" }],
  ])("accepts %s", (text, target, times, fault) => {
    expect(parseFault(text)).toEqual([{ target, times, fault }]);
  });

  it("collects rules in order", () => {
    const rules = parseFault("any:malformed", parseFault("any:truncated"));
    expect(rules.map(({ fault }) => fault.kind)).toEqual(["truncated", "malformed"]);
  });

  it.each([
    "reset",
    "all:reset",
    "any:flood",
    "any:status",
    "any:status:ok",
    "any:reset:1",
    "any:resetx0",
  ])("rejects %s", (text) => {
    expect(() => parseFault(text)).toThrow("target:kind");
  });
});
