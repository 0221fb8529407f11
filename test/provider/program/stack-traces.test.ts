import assert from "node:assert";
import * as pulumi from "@pulumi/pulumi";
import { VccProvider } from "../../../provider";
import { pauseStackTraces } from "../../../provider/program/stack-traces";

const { PULUMI_DEBUG_PROMISE_LEAKS: debugPromiseLeaks } = process.env;
const { prepareStackTrace } = Error;

/** How often a stack trace was mapped, as ts-node does it. */
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
  if (debugPromiseLeaks !== undefined) {
    process.env.PULUMI_DEBUG_PROMISE_LEAKS = debugPromiseLeaks;
  }
});

describe("stack traces", () => {
  it("are not mapped during the pause, but afterwards", () => {
    const resume = pauseStackTraces();
    const later = new Error("later");
    expect(new Error("during").stack).toMatch(/^Error: during\n {4}at .*stack-traces\.test\.ts/);
    resume();
    expect(later.stack).toMatch(/^mapped Error: later\n {4}at .*stack-traces\.test\.ts/);
    expect(new Error("afterwards").stack).toMatch(/^mapped Error: afterwards\n/);
  });

  it("without a limit are mapped: the SDK looks up declarations with them", () => {
    const { stackTraceLimit } = Error;
    const resume = pauseStackTraces();
    Error.stackTraceLimit = Number.POSITIVE_INFINITY;
    expect(new Error("where").stack).toMatch(
      /^mapped Error: where\n {4}at .*stack-traces\.test\.ts/,
    );
    Error.stackTraceLimit = stackTraceLimit;
    resume();
  });

  it("without a limit end with the program: the engine stores them", () => {
    const { stackTraceLimit } = Error;
    const resume = pauseStackTraces();
    Error.stackTraceLimit = Number.POSITIVE_INFINITY;
    const [{ stack = "" } = {}] = [1].map(() => new Error("where"));
    Error.stackTraceLimit = stackTraceLimit;
    resume();
    expect(stack.split("\n").at(-1)).toMatch(/stack-traces\.test\.ts/);
    expect(stack).toContain("at Array.map (<anonymous>)");
    expect(stack).not.toMatch(/node:|node_modules/);
  });

  it("are not paused while debugging promise leaks, nor without a mapping", () => {
    process.env.PULUMI_DEBUG_PROMISE_LEAKS = "true";
    pauseStackTraces();
    expect(new Error("leak").stack).toMatch(/^mapped Error: leak\n/);
    delete process.env.PULUMI_DEBUG_PROMISE_LEAKS;
    Reflect.deleteProperty(Error, "prepareStackTrace");
    pauseStackTraces();
    expect(new Error("plain").stack).toMatch(/^Error: plain\n {4}at /);
  });

  it("keep a mapping that is installed during the pause", () => {
    const resume = pauseStackTraces();
    Error.prepareStackTrace = () => "other";
    resume();
    expect(new Error("afterwards").stack).toBe("other");
  });

  it("of a VccProvider are mapped for its declaration only", async () => {
    await pulumi.runtime.setMocks({
      call: () => ({}),
      newResource: ({ name, inputs }) => ({ id: name, state: inputs }),
    });
    const crm = new VccProvider("crm", { provider: "Crm", agentActionsPermitted: {} });
    expect(mapped).toBeGreaterThan(0);
    expect(mapped).toBeLessThan(5);
    await new Promise((resolve) => crm.urn.apply(resolve));
  });

  it("lead to the declaration of a VccProvider that fails", async () => {
    await pulumi.runtime.setMocks({
      call: () => ({}),
      newResource: () => {
        throw new Error("refused");
      },
    });
    const args = { provider: "Crm", agentActionsPermitted: {} };
    const declare = () => new VccProvider("crm", args, { parent: {} as never });
    expect(errorOf(declare).stack).toMatch(/at declare .*stack-traces\.test\.ts/);
    const errorIn = (transformation: () => never) =>
      errorOf(() => new VccProvider("crm", args, { transformations: [transformation] }));
    const thrown = errorIn(function transformation() {
      throw new Error("by the user");
    });
    // Reads its own stack trace when it is created.
    const asserted = errorIn(function transformation() {
      assert.fail("by the user");
    });
    for (const { stack } of [thrown, asserted]) {
      expect(stack).toMatch(/by the user\n {4}at \w+ .*stack-traces\.test\.ts/);
    }
  });
});

function errorOf(declare: () => unknown): Error {
  try {
    declare();
  } catch (error) {
    return error as Error;
  }
  throw new Error("no error");
}
