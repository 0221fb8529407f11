import { type Emulator, startEmulator } from "../../emulator";
import { recordingReceiver } from "../receiver/recording-receiver";
import { servers } from "../receiver/server";
import { clientOf } from "./client";

const provider = "Crm";
const headers = { Authorization: "Bearer t" };
const agentactionspermitted = { release: 1 };

describe("the witnesses of registrations", () => {
  const listen = servers();
  let emulator: Emulator;
  afterEach(() => emulator.close());

  async function start(witnessToken?: string) {
    const receiver = recordingReceiver(headers, { witnessToken: "w" });
    const { url } = await listen(receiver.node);
    emulator = await startEmulator({ deliverTo: url, ...(witnessToken && { witnessToken }) });
    const client = clientOf(emulator);
    let interactions = 0;
    return {
      register: (changes: object = {}) =>
        client.register({
          provider,
          endpoint: "https://crm.example.com/vcc",
          headers: { ...headers, ...changes },
          agentactionspermitted,
        }),
      async interact() {
        interactions += 1;
        const requests = [{ externalid: `case-${interactions}`, route: "Sales" }];
        await client.invoke({ provider, requests });
        await emulator.settled();
      },
    };
  }

  it("say whether the last notification carried the registration", async () => {
    const { register, interact } = await start("w");
    await register({ "X-Vcc-Registration": "one" });
    expect(await emulator.witnesses()).toEqual([{ provider, says: "nothing yet", at: null }]);
    await interact();
    expect(await emulator.witnesses()).toEqual([
      { provider, says: "in use", at: expect.stringMatching(/^\d{4}-.*Z$/) },
    ]);
    await register({ "x-vcc-registration": "two" });
    expect(await emulator.witnesses()).toMatchObject([{ says: "other" }]);
    await interact();
    expect(await emulator.witnesses()).toMatchObject([{ says: "in use" }]);
  });

  it("are not asked for a registration without the header", async () => {
    const { register } = await start("w");
    await register();
    expect(await emulator.witnesses()).toEqual([]);
  });

  it("are not asked without a token, and unreachable with a wrong one", async () => {
    const { register } = await start();
    await register({ "X-Vcc-Registration": "one" });
    expect(await emulator.witnesses()).toEqual([]);
    await emulator.close();
    const { register: registerAgain } = await start("wrong");
    await registerAgain({ "X-Vcc-Registration": "one" });
    expect(await emulator.witnesses()).toEqual([{ provider, says: "unreachable", at: null }]);
  });
});
