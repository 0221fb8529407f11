import assert from "node:assert";
import * as pulumi from "@pulumi/pulumi";
import { VccProvider } from "../../../provider";
import { pauseStackTraces } from "../../../provider/program/stack-traces";

const { PULUMI_DEBUG_PROMISE_LEAKS: asked } = process.env;
const { prepareStackTrace } = Error;

/** As ts-node maps traces: how often it had to is counted. */
let mapped: number;
beforeEach(() => {
  mapped = 0;
  Error.prepareStackTrace = (error, sites) => {
    mapped += 1;
    return `mapped ${error}\n    at ${sites.join("\n    at ")}`;
  };
});
afterEach(() => {
  if (prepareStackTrace === undefined) Reflect.deleteProperty(Error, "prepareStackTrace");
  else Error.prepareStackTrace = prepareStackTrace;
  delete process.env.PULUMI_DEBUG_PROMISE_LEAKS;
  if (asked !== undefined) process.env.PULUMI_DEBUG_PROMISE_LEAKS = asked;
});

describe("stack traces", () => {
  it("that are looked at meanwhile are not mapped, those that are looked at later are", () => {
    const resume = pauseStackTraces();
    const later = new Error("later");
    expect(new Error("at once").stack).toMatch(/^Error: at once\n {4}at .*stack-traces\.test\.ts/);
    resume();
    expect(later.stack).toMatch(/^mapped Error: later\n {4}at .*stack-traces\.test\.ts/);
    expect(new Error("afterwards").stack).toMatch(/^mapped Error: afterwards\n/);
  });

  it("that have no limit are mapped: so the SDK asks where a resource was declared", () => {
    const { stackTraceLimit } = Error;
    const resume = pauseStackTraces();
    Error.stackTraceLimit = Number.POSITIVE_INFINITY;
    expect(new Error("where").stack).toMatch(
      /^mapped Error: where\n {4}at .*stack-traces\.test\.ts/,
    );
    Error.stackTraceLimit = stackTraceLimit;
    resume();
  });

  it("go on for whoever looks for promises that leak, and where nobody maps them", () => {
    process.env.PULUMI_DEBUG_PROMISE_LEAKS = "true";
    pauseStackTraces();
    expect(new Error("leak").stack).toMatch(/^mapped Error: leak\n/);
    delete process.env.PULUMI_DEBUG_PROMISE_LEAKS;
    Reflect.deleteProperty(Error, "prepareStackTrace");
    pauseStackTraces();
    expect(new Error("plain").stack).toMatch(/^Error: plain\n {4}at /);
  });

  it("stay with who takes them over meanwhile", () => {
    const resume = pauseStackTraces();
    Error.prepareStackTrace = () => "another's";
    resume();
    expect(new Error("afterwards").stack).toBe("another's");
  });

  it("of a VccProvider are mapped once or twice, and not for each of its promises", async () => {
    await pulumi.runtime.setMocks({
      call: () => ({}),
      newResource: ({ name, inputs }) => ({ id: name, state: inputs }),
    });
    const crm = new VccProvider("crm", { provider: "Crm", agentActionsPermitted: {} });
    expect(mapped).toBeGreaterThan(0);
    expect(mapped).toBeLessThan(5);
    await new Promise((resolve) => crm.urn.apply(resolve));
  });

  it("lead to the declaration when a VccProvider cannot be made, or not be registered", async () => {
    await pulumi.runtime.setMocks({
      call: () => ({}),
      newResource: () => {
        throw new Error("refused");
      },
    });
    const args = { provider: "Crm", agentActionsPermitted: {} };
    const made = () => new VccProvider("crm", args, { parent: {} as never });
    expect(refusalOf(made).stack).toMatch(/at made .*stack-traces\.test\.ts/);
    const refusalIn = (transformation: () => never) =>
      refusalOf(() => new VccProvider("crm", args, { transformations: [transformation] }));
    const thrown = refusalIn(function transformation() {
      throw new Error("by the user");
    });
    // Looks at its trace when it is made.
    const asserted = refusalIn(function transformation() {
      assert.fail("by the user");
    });
    for (const { stack } of [thrown, asserted]) {
      expect(stack).toMatch(/by the user\n {4}at \w+ .*stack-traces\.test\.ts/);
    }
  });
});

function refusalOf(make: () => unknown): Error {
  try {
    make();
  } catch (error) {
    return error as Error;
  }
  throw new Error("it was made");
}
