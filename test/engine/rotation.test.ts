import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { environmentOf, leastPowerful } from "../end-to-end/project";
import { canary } from "../end-to-end/secrets";
import { declaring } from "./programs";
import { engineScene } from "./scene";

describe("settings that have changed since the last up", () => {
  const scene = engineScene();
  const tokens = { former: canary("former"), current: canary("current") };
  let asked: Array<string | undefined>;
  let witness: Server;
  let url: string;

  beforeEach(async () => {
    asked = [];
    witness = createServer(({ headers }, response) => {
      asked.push(headers.authorization?.replace("Bearer ", ""));
      response.writeHead(401).end();
    }).listen(0, "127.0.0.1");
    await once(witness, "listening");
    url = `http://127.0.0.1:${(witness.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    witness.close();
    witness.closeAllConnections();
  });

  it("reach refresh and destroy with --run-program only, as their messages say", async () => {
    const { project, emulator, credentials } = scene;
    const { stack } = project;
    const set = (key: string, value: string) => stack.setConfig(key, { value, secret: true });
    await set("vcc:witnessToken", tokens.former);
    project.declare(declaring({ witness: url }));
    await stack.up();

    await set("vcc:witnessToken", tokens.current);
    await set("vcc:clientId", credentials.clientId);
    await set("vcc:clientSecret", credentials.clientSecret);
    project.setEnvironment(environmentOf(emulator));
    await stack.refresh();
    expect(asked.splice(0)).toEqual([tokens.former]);
    const { deployment } = await stack.exportStack();
    expect(deployment.resources.at(-1).outputs.evidence).toMatch(
      /401: .*; if you changed it since the last pulumi up, run pulumi up first, or refresh with --run-program$/,
    );
    await stack.preview({ refresh: true, runProgram: true });
    expect(asked).toEqual([tokens.current]);

    await expect(stack.destroy()).rejects.toThrow();
    expect(project.output()).toMatch(
      /there are no credentials: .*\. If you changed the settings since the last pulumi up, run pulumi up first, or pulumi destroy --run-program$/m,
    );
    await stack.destroy({ runProgram: true });
    expect(emulator.registrations()).toEqual([leastPowerful("Crm")]);
  });
});
