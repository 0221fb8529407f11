import { createReceiver, type ReceiverOptions } from "../../receiver";

const valid: ReceiverOptions = { headers: { Authorization: "Bearer secret" }, onNotification() {} };
const store = { claim: () => "new" as const, complete() {}, release() {} };

function problemOf(options: unknown): string {
  try {
    createReceiver(options as ReceiverOptions);
    return "none";
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError);
    const { stack = "", message } = error as TypeError;
    expect(stack).toContain(message);
    expect(stack).not.toMatch(/at .*receiver\/\w+.ts:/);
    expect(stack).toContain(__filename);
    return message;
  }
}

describe("the options of a receiver", () => {
  it.each<[string, unknown[]]>([
    ["path", ["/", "/vcc", "/hooks/vcc", "/prod/vcc", "/v1.0/~vcc", "/%C3%BC", undefined]],
    ["witnessPath", ["/", "/witness/crm", undefined]],
    ["maxBodyBytes", [1, 1e9, undefined]],
    ["respondAfterMs", [0, 5000, 2 ** 31 - 1, undefined]],
    ["witnessToken", ["t", "a b", undefined]],
    ["provider", ["Crm", undefined]],
    ["onOther", [() => {}, undefined]],
    ["onError", [console.error, undefined]],
    ["now", [Date.now, () => 0, undefined]],
    ["store", [store, { ...store, loadEvidence: () => null, saveEvidence() {} }, undefined]],
  ])("accept each valid %s", (name, values) => {
    for (const value of values) {
      expect([value, problemOf({ ...valid, [name]: value })]).toEqual([value, "none"]);
    }
  });

  it("accept a store that is an instance of a class", () => {
    class Store {
      claim = () => "new";
      complete() {}
      release() {}
    }
    expect(problemOf({ ...valid, store: new Store() })).toBe("none");
  });

  const paths = [
    ...["vcc", "/vcc/", "", "//", "//vcc", "/vcc?x", "/vcc#x", "https://crm.example.com/vcc"],
    ...["/a b", "/\u00fc", "/a/../b", "/./vcc", "/vcc\n", " /vcc", "\\vcc", "*", 1, null, ["/vcc"]],
    ...[/vcc/, {}, true, () => "/vcc"],
  ];
  const numbers = [Number.NaN, -1, Number.POSITIVE_INFINITY, 1.5, "1000", "", null, 1n, {}, true];
  const functions = [null, "x", {}, 1, true];

  it.each<[string, unknown[], RegExp]>([
    ["path", paths, /^path: must be the path of a URL, like "\/vcc": it begins with "\/"/],
    ["witnessPath", paths, /^witnessPath: must be the path of a URL/],
    [
      "maxBodyBytes",
      [0, 2 ** 31, ...numbers],
      /^maxBodyBytes: must be a whole number from 1 to 2147483647$/,
    ],
    [
      "respondAfterMs",
      [2 ** 31, ...numbers],
      /^respondAfterMs: must be a whole number from 0 to 2147483647$/,
    ],
    [
      "witnessToken",
      ["", " t", "t\n", "undefined", "null", null, 1, {}],
      /^witnessToken: is empty or cannot be received. Is its environment variable set/,
    ],
    ["provider", ["", null, 1, {}], /^provider: (must be the registered name|is empty)$/],
    ["onNotification", functions, /^onNotification: must be a function$/],
    ["onOther", functions, /^onOther: must be a function$/],
    ["onError", functions, /^onError: must be a function$/],
    [
      "now",
      [...functions, () => Number.NaN, () => "soon"],
      /^now: must be a function that returns milliseconds since the epoch$/,
    ],
    [
      "store",
      [
        ...[null, "redis", () => store, {}, [], new Map(), { ...store, complete: undefined }],
        { ...store, saveEvidence() {} },
        { ...store, loadEvidence() {} },
        { ...store, loadEvidence() {}, saveEvidence: 1 },
      ],
      /^store: must have the functions claim, complete and release, and both loadEvidence and saveEvidence or neither$/,
    ],
    ["onNotfication", [() => {}], /^options: createReceiver has no option "onNotfication"$/],
  ])("reject an invalid %s", (name, values, message) => {
    for (const value of values) {
      expect([value, problemOf({ ...valid, [name]: value })]).toEqual([
        value,
        expect.stringMatching(message),
      ]);
    }
  });

  it("reject one path for the endpoint and the witness", () => {
    const path = "/.well-known/vcc-registration";
    const problem = "path: must differ from witnessPath";
    expect(problemOf({ ...valid, path })).toBe(problem);
    expect(problemOf({ ...valid, path: "/vcc", witnessPath: "/vcc" })).toBe(problem);
  });

  it.each([
    ["headers", "headers: must be an object of header names and values"],
    ["onNotification", "onNotification: must be a function"],
  ])("reject missing %s", (name, problem) => {
    const { [name as keyof ReceiverOptions]: _, ...options } = valid;
    expect(problemOf(options)).toBe(problem);
    expect(problemOf({ ...valid, [name]: undefined })).toBe(problem);
  });

  it.each([undefined, null, "x", []])("reject %j instead of options", (options) => {
    expect(problemOf(options)).toBe("options: must be an object");
  });

  it("reject all invalid options at once", () => {
    expect(problemOf({ headers: {}, path: "vcc", secret: "canary" })).toMatch(
      /^headers: has no header; onNotification: must be a function; path: .*; options: createReceiver has no option "secret"$/,
    );
  });
});
