import * as pulumi from "@pulumi/pulumi";
import { VccProvider } from "../../../provider";
import { framePosition } from "../../../provider/resource/stack-frames";
import { settled } from "./settled";

const sdk = pulumi.Resource as unknown as { framePositionRegExp: RegExp };

describe("the position in a stack frame", () => {
  it.each([
    ["    at Object.<anonymous> (/crm/index.ts:6:13)", "/crm/index.ts"],
    ["    at new Crm (/crm/index.ts:6:13)", "/crm/index.ts"],
    ["    at async main (/crm/index.ts:6:13)", "/crm/index.ts"],
    ["    at Crm.create [as up] (/crm/index.ts:6:13)", "/crm/index.ts"],
    ["    at <anonymous> (/crm/index.ts:6:13)", "/crm/index.ts"],
    ["    at /crm/index.ts:6:13", "/crm/index.ts"],
    ["    at async /crm/index.ts:6:13", "/crm/index.ts"],
    ["    at file:///crm/index.ts:6:13", "file:///crm/index.ts"],
    ["    at async file:///crm/index.ts:6:13", "file:///crm/index.ts"],
    ["    at declare (file:///my%20crm/index.ts:6:13)", "file:///my%20crm/index.ts"],
    ["    at file:///crm/index.ts?tsx-namespace=1:6:13", "file:///crm/index.ts?tsx-namespace=1"],
    ["    at /my crm (2)/index.ts:6:13", "/my crm (2)/index.ts"],
    ["    at declare (/my crm (2)/index.ts:6:13)", "/my crm (2)/index.ts"],
    ["    at C:\\my crm\\index.ts:6:13", "C:\\my crm\\index.ts"],
    ["    at main (C:\\Program Files (x86)\\index.ts:6:13)", "C:\\Program Files (x86)\\index.ts"],
    ["    at main (\\\\server\\crm\\index.ts:6:13)", "\\\\server\\crm\\index.ts"],
    ["    at file:///C:/crm/index.ts:6:13", "file:///C:/crm/index.ts"],
  ])("is found in %j", (frame, file) => {
    expect(framePosition.exec(frame)?.groups).toEqual({ file, line: "6", column: "13" });
  });

  it.each([
    "    at async Promise.all (index 0)",
    "    at new Promise (<anonymous>)",
    "    at eval (eval at <anonymous> (/crm/index.ts:6:13), <anonymous>:1:1)",
    "    at node:internal/modules/esm/module_job:343:25",
    "    at ModuleJob.run (node:internal/modules/esm/module_job:343:25)",
    "    at native",
  ])("is not found in %j", (frame) => {
    expect(framePosition.exec(frame)).toBeNull();
  });
});

describe("the declaration of a registration", () => {
  it("is known to the engine, also in a function without a name", async () => {
    await pulumi.runtime.setMocks({
      call: () => ({}),
      newResource: ({ name, inputs }) => ({ id: name, state: inputs }),
    });
    const ofSdk = sdk.framePositionRegExp;
    const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
    const register = jest.spyOn(monitor, "registerResource");
    const registrations = ["crm"].map((name) => new VccProvider(name, args));
    await settled(pulumi.all(registrations.map(({ urn }) => urn)));
    const [request] = register.mock.calls[0] ?? [];
    expect(request?.getSourceposition().getUri()).toMatch(/\/stack-frames\.test\.ts$/);
    expect(sdk.framePositionRegExp).toBe(ofSdk);
  });
});

interface Monitor {
  registerResource(request: { getSourceposition(): { getUri(): string } }): void;
}

const args = { provider: "Crm", agentActionsPermitted: {} };
