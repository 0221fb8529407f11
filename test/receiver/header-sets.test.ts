import { createHeaderSets } from "../../receiver/header-sets";

const current = { Authorization: "Bearer new", "X-Tenant": "acme" };
const previous = { Authorization: "Bearer old", "X-Tenant": "acme" };

function match(sets: Parameters<typeof createHeaderSets>[0], headers: Record<string, string>) {
  return createHeaderSets(sets).match(new Headers(headers));
}

describe("header sets", () => {
  it("accept a request that has every header of a set, and name the set", () => {
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
  ])("refuse %s, and name what differs", (_what, headers, differing) => {
    expect(match(current, headers)).toEqual({
      mismatch: `missing or different headers (default: ${differing})`,
    });
  });

  it("accept no mixture of two sets", () => {
    const a = { Authorization: "Bearer a", "X-Tenant": "a" };
    const b = { Authorization: "Bearer b", "X-Tenant": "b" };
    expect(match({ a, b }, { Authorization: "Bearer a", "X-Tenant": "b" })).toEqual({
      mismatch: "missing or different headers (a: X-Tenant; b: Authorization)",
    });
  });

  it("name the set with the most headers if a request carries several", () => {
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

  it.each([
    ["no header", {}, 'the set "default" has no header'],
    ["a set without headers", { current: {} }, 'the set "current" has no header'],
    ["a missing set", { current, previous: undefined }, 'the set "previous" has no header'],
    ["an empty value", { Authorization: "" }, 'Authorization of the set "default"'],
    ["a missing value", { Authorization: undefined }, 'Authorization of the set "default"'],
    ["a trailing line break", { Authorization: "Bearer canary\n" }, "without a line break"],
    ["an invalid name", { "A B": "canary" }, 'A B of the set "default"'],
    [
      "a missing variable",
      { Authorization: "Bearer undefined" },
      "Is its environment variable set",
    ],
    ["an object in a template", { "X-A": "[object Promise]" }, "Is its environment variable set"],
    ["one header twice", { "X-A": "canary", "x-a": "canary" }, "names that differ only by case"],
    ["a set beside headers", { current, "X-A": "canary" }, 'the set "X-A" has no header'],
    ["a list", [current], "headers: must be an object"],
    ["text", "Bearer canary", "headers: must be an object"],
    ["null", null, "headers: must be an object"],
    ["nothing", undefined, "headers: must be an object"],
    ["Headers", new Headers(current), "Is it an object of names and values?"],
    ["a set without a name", { "": current }, "of 1 to 100 visible characters"],
    ["a name with a line break", { "a\n": current }, "of 1 to 100 visible characters"],
    [
      "more sets than evidence contains",
      Object.fromEntries(Array.from({ length: 17 }, (_, index) => [index, current])),
      "at most 16 sets",
    ],
  ])("cannot be created from %s", (_what, sets, message) => {
    const create = () => createHeaderSets(sets as Record<string, string>);
    expect(create).toThrow(TypeError);
    expect(create).toThrow(message);
    expect(create).not.toThrow("canary");
  });
});
