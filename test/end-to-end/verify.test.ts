import { execFile } from "node:child_process";
import { join } from "node:path";
import type { VerifyReport } from "../../cli/verify/schema";
import { createReceiver, type Receiver } from "../../receiver";
import { tlsServers } from "../cli/verify/endpoints";
import { environmentOf, sceneWith } from "./project";
import { canary, formsOf } from "./secrets";

describe("pulumi-vcc verify with the real CLI", () => {
  const scene = sceneWith("tarball");
  const servers = tlsServers();
  const [former, next, key] = [canary("former"), canary("next"), canary("key")];

  /** Accepts only these tokens from now on. */
  let receiver: Receiver;
  function accept(...tokens: string[]) {
    const headers = Object.fromEntries(
      tokens.map((token) => [
        token === former ? "2026-05" : "2026-11",
        { Authorization: `Bearer ${token}`, "X-Custom": key },
      ]),
    );
    receiver = createReceiver({ headers, onNotification: fail });
  }
  const fail = () => {
    throw new Error("a rehearsal reached the application");
  };

  let output = "";
  function verify(...args: string[]): Promise<{ code: number; report: VerifyReport }> {
    const { directory, stack } = scene.project;
    const program = join(directory, "node_modules/pulumi-vcc/dist/cli/main.js");
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        [program, "verify", "--stack", "dev", "--yes", "--format", "json", ...args],
        { cwd: directory, env: { ...process.env, ...stack.workspace.envVars } },
        (error, stdout, stderr) => {
          output += stdout + stderr;
          resolve({ code: error ? Number(error.code) : 0, report: JSON.parse(stdout) });
        },
      );
    });
  }

  it("checks what the program declares before an up, and stops a rotation in the wrong order", async () => {
    const { project, emulator, credentials } = scene;
    const endpoint = await servers.listen((...args) => receiver.node(...args));
    project.write(`import * as pulumi from "@pulumi/pulumi";
import { bearer, fromEnvironment, VccProvider } from "pulumi-vcc";
new VccProvider("crm", {
  provider: "Crm",
  endpoint: ${JSON.stringify(endpoint)},
  headers: {
    Authorization: bearer(new pulumi.Config().requireSecret("callbackToken")),
    "X-Custom": fromEnvironment("CRM_KEY"),
  },
  agentActionsPermitted: {},
});
`);
    project.setEnvironment({
      ...environmentOf(emulator, credentials),
      VCC_CA_FILE: servers.caFile,
      CRM_KEY: key,
    });
    const setToken = (value: string) =>
      project.stack.setConfig("callbackToken", { value, secret: true });

    // A new endpoint, before it is registered.
    await setToken(former);
    accept(former);
    const declared = await verify("--declared", "--probe-rejection");
    expect(declared).toMatchObject({ code: 0, report: { source: "declared", outcome: "works" } });
    expect(declared.report.stacks[0]?.registrations).toMatchObject([
      {
        provider: "Crm",
        requests: [{ status: 200 }, { status: 401 }, { status: 401 }, { status: 200 }],
      },
    ]);
    expect(emulator.requests()).toEqual([]);
    await project.stack.up();
    expect(await verify()).toMatchObject({ code: 0, report: { source: "registered" } });

    // The wrong order: the receiver does not know the new secret yet.
    await setToken(next);
    const stopped = await verify("--declared");
    expect(stopped.code).toBe(2);
    expect(stopped.report.stacks[0]?.registrations[0]?.findings[0]).toMatchObject({
      id: "refused",
      severity: "failure",
    });
    expect(JSON.stringify(emulator.registrations())).toContain(`Bearer ${former}`);

    // The right order.
    accept(former, next);
    expect(await verify("--declared")).toMatchObject({ code: 0 });

    for (const secret of [former, next, key]) {
      for (const form of formsOf(secret)) expect(output.includes(form)).toBe(false);
    }
    expect(await receiver.evidence()).toMatchObject({ registrations: [], lastRefusedAt: null });
  });
});
