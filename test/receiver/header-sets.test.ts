import { createReceiver, type ReceiverOptions } from "../../receiver";
import { createHeaderSets } from "../../receiver/header-sets";

const current = { Authorization: "Bearer new", "X-Tenant": "acme" };
const previous = { Authorization: "Bearer old", "X-Tenant": "acme" };

function match(sets: Parameters<typeof createHeaderSets>[0], headers: Record<string, string>) {
  return createHeaderSets(sets).match(new Headers(headers));
}

describe("header sets", () => {
  it("accept a request with every header of a set, and return its name", () => {
    expect(match({ current, previous }, { ...current, "X-Other": "1" })).toEqual({
      name: "current",
    });
    expect(match({ current, previous }, previous)).toEqual({ name: "previous" });
    expect(match(current, { authorization: "Bearer new", "x-tenant": "acme" })).toEqual({
      name: "default",
    });
  });

  it.each([
    ["no header", {}, "Authorization, X-Tenant"],
    ["one of two", { Authorization: "Bearer new" }, "X-Tenant"],
    ["the other of two", { "X-Tenant": "acme" }, "Authorization"],
    ["a prefix", { ...current, Authorization: "Bearer ne" }, "Authorization"],
    ["a longer value", { ...current, Authorization: "Bearer new1" }, "Authorization"],
    ["other case", { ...current, Authorization: "bearer new" }, "Authorization"],
    ["an empty value", { ...current, "X-Tenant": "" }, "X-Tenant"],
    [
      "the values swapped",
      { Authorization: "acme", "X-Tenant": "Bearer new" },
      "Authorization, X-Tenant",
    ],
  ])("refuse a request with %s, and name what differs", (_what, headers, differing) => {
    expect(match(current, headers)).toEqual({
      mismatch: `missing or different headers (default: ${differing})`,
    });
  });

  it("refuse a mixture of two sets", () => {
    const a = { Authorization: "Bearer a", "X-Tenant": "a" };
    const b = { Authorization: "Bearer b", "X-Tenant": "b" };
    expect(match({ a, b }, { Authorization: "Bearer a", "X-Tenant": "b" })).toEqual({
      mismatch: "missing or different headers (a: X-Tenant; b: Authorization)",
    });
  });

  it("return the name of the largest set that a request carries", () => {
    const fewer = { Authorization: "Bearer new" };
    expect(match({ fewer, current }, current)).toEqual({ name: "current" });
    expect(match({ fewer, current }, fewer)).toEqual({ name: "fewer" });
    expect(match({ current, previous: current }, current)).toEqual({ name: "current" });
  });

  it("accept values beyond ASCII", () => {
    expect(match({ "X-Name": "M\u00fcller" }, { "X-Name": "M\u00fcller" })).toEqual({
      name: "default",
    });
  });

  const unreceivable = "is empty or cannot be received. Is its environment variable set";
  const notAnObject = "must be an object of header names and values";

  it.each([
    ["no header", {}, "headers: has no header"],
    ["a set without headers", { current: {} }, "headers.current: has no header"],
    [
      "__proto__",
      JSON.parse('{"__proto__":{},"a":{"X-A":"canary"}}'),
      "must not contain __proto__",
    ],
    ["a missing set", { current, previous: undefined }, `headers.previous: ${notAnObject}`],
    ["an empty value", { Authorization: "" }, `headers.Authorization: ${unreceivable}`],
    ["a missing value", { Authorization: undefined }, `headers.Authorization: ${unreceivable}`],
    ["a missing value of a set", { a: { "X-A": undefined } }, 'headers.a["X-A"]: is empty or'],
    ["a trailing line break", { Authorization: "Bearer canary\n" }, "without a line break"],
    ["an invalid name", { "A B": "canary" }, `headers["A B"]: ${unreceivable}`],
    ["a missing variable", { Authorization: "Bearer undefined" }, unreceivable],
    ["an object in a template", { "X-A": "[object Promise]" }, unreceivable],
    ["one header twice", { "X-A": "canary", "x-a": "canary" }, "names that differ only by case"],
    ["a set beside headers", { current, "X-A": "canary" }, `headers["X-A"]: ${notAnObject}`],
    ["a list", [current], `headers: ${notAnObject}`],
    ["text", "Bearer canary", `headers: ${notAnObject}`],
    ["null", null, `headers: ${notAnObject}`],
    ["nothing", undefined, `headers: ${notAnObject}`],
    ["Headers", new Headers(current), `headers: ${notAnObject}`],
    ["a set without a name", { "": current }, "must have 1 to 100 visible characters"],
    ["a name with a line break", { "a\n": current }, "must have 1 to 100 visible characters"],
    [
      "more sets than evidence contains",
      Object.fromEntries(Array.from({ length: 17 }, (_, index) => [index, current])),
      "must be at most 16 sets",
    ],
  ])("cannot be created from %s, and the error quotes no value", (_what, headers, message) => {
    const create = () => createReceiver({ headers, onNotification() {} } as ReceiverOptions);
    expect(create).toThrow(TypeError);
    expect(create).toThrow(message);
    expect(create).not.toThrow("canary");
  });
});
