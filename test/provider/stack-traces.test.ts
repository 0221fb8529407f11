import * as pulumi from "@pulumi/pulumi";
import { VccProvider } from "../../provider";
import { pauseStackTraces } from "../../provider/stack-traces";

const { PULUMI_DEBUG_PROMISE_LEAKS: asked } = process.env;
const limit = Error.stackTraceLimit;

afterEach(() => {
  Error.stackTraceLimit = limit;
  delete process.env.PULUMI_DEBUG_PROMISE_LEAKS;
  if (asked !== undefined) process.env.PULUMI_DEBUG_PROMISE_LEAKS = asked;
});

const args = { provider: "Crm", agentActionsPermitted: {} };

describe("stack traces", () => {
  it("pause until they are brought back as they were", () => {
    Error.stackTraceLimit = 7;
    const resume = pauseStackTraces();
    expect(new Error("quick").stack).toBe("Error: quick");
    resume();
    expect(Error.stackTraceLimit).toBe(7);
  });

  it("go on for whoever looks for promises that leak", () => {
    process.env.PULUMI_DEBUG_PROMISE_LEAKS = "true";
    const resume = pauseStackTraces();
    expect(new Error("slow").stack).toMatch(/stack-traces\.test\.ts/);
    resume();
  });

  it("are back when a VccProvider is made, and when it cannot be made", async () => {
    await pulumi.runtime.setMocks({
      call: () => ({}),
      newResource: ({ name, inputs }) => ({ id: name, state: inputs }),
    });
    new VccProvider("crm", args);
    expect(Error.stackTraceLimit).toBe(limit);
    const failure = refusalOf(() => new VccProvider("crm", args, { parent: {} as never }));
    expect(failure.message).toMatch(/parent/);
    expect(failure.stack).toMatch(/at .*stack-traces\.test\.ts/);
    expect(failure.stack).not.toMatch(/new VccProvider/);
    expect(Error.stackTraceLimit).toBe(limit);
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
