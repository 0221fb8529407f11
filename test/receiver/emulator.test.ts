import { type Behavior, startEmulator } from "../../emulator";
import type { ReceiverOptions } from "../../receiver";
import { clientOf } from "../emulator/client";
import { recordingReceiver } from "./recording-receiver";
import { servers } from "./server";

const provider = "CrmIntegration";
const agentactionspermitted = { release: 1 };
const may = { Authorization: "Bearer may" };
const november = { Authorization: "Bearer november" };

describe("the receiver of the emulator's callbacks", () => {
  const listen = servers();
  const closings: Array<() => Promise<void>> = [];
  afterEach(async () => {
    for (const close of closings.splice(0)) await close();
  });

  /** A registered receiver; `externalids` counts up. */
  async function start(behavior: Partial<Behavior> = {}, options: Partial<ReceiverOptions> = {}) {
    const { handled, ...receiver } = recordingReceiver({ november, may }, options);
    const { url } = await listen(receiver.node);
    const emulator = await startEmulator({ behavior: { httpEndpoints: "accept", ...behavior } });
    closings.push(emulator.close);
    const client = clientOf(emulator);
    const { token } = await client.requestToken();
    let externalids = 0;
    return {
      handled,
      evidence: receiver.evidence,
      statuses: () => emulator.callbacks().map(({ status }) => status),
      settled: emulator.settled,
      register: (headers: Record<string, string>) =>
        client.register(
          { provider, endpoint: `${url}/vcc`, headers, agentactionspermitted },
          token,
        ),
      /** Dispatches an interaction and releases it: two notifications. */
      interact() {
        const externalid = `case-${++externalids}`;
        const requests = [
          { externalid, route: "Sales" },
          { externalid, action: "release" },
        ];
        return client.invoke({ provider, requests }, token);
      },
    };
  }

  it("handles the callbacks of a registration that marks them as a rehearsal, which the emulator records", async () => {
    const { register, interact, settled, handled, statuses, evidence } = await start();
    await register({ ...may, "X-Vcc-Verify": "1" });
    await interact();
    await settled();
    expect(statuses()).toEqual([200, 200]);
    expect(handled).toHaveLength(2);
    expect((await evidence()).registrations).toHaveLength(1);
  });

  it("handles AssignToAgent and Release", async () => {
    const { register, interact, settled, handled, statuses } = await start();
    await register(may);
    await interact();
    await settled();
    expect(handled).toMatchObject([
      { notification: "AssignToAgent", objectid: "case-1", params: { AgentId: "5464" } },
      { notification: "Release", objectid: "case-1" },
    ]);
    expect(statuses()).toEqual([200, 200]);
  });

  it.each([
    ["one by one", { duplicateCallbacks: true }],
    ["in one array", { duplicateCallbacks: true, batchCallbacks: true }],
    ["out of order", { duplicateCallbacks: true, reorderCallbacks: true }],
  ])("handles a notification once that arrives twice, %s", async (_how, behavior) => {
    const { register, interact, settled, handled, statuses } = await start(behavior);
    await register(may);
    await interact();
    await settled();
    expect(handled.map(({ notification }) => notification).sort()).toEqual([
      "AssignToAgent",
      "Release",
    ]);
    expect(new Set(statuses())).toEqual(new Set([200]));
  });

  it("refuses no notification during a rotation, and reports when the old secret was last used", async () => {
    let now = Date.UTC(2026, 10, 10);
    const { register, interact, settled, handled, statuses, evidence } = await start(
      {},
      { now: () => now++ },
    );
    await register(may);
    const interactions = [];
    for (let count = 0; count < 40; count++) {
      if (count === 20) await register(november);
      interactions.push(interact());
      if (count % 4 === 0) await Promise.all(interactions);
    }
    await Promise.all(interactions);
    await settled();
    expect(handled).toHaveLength(80);
    expect(statuses()).toEqual(Array(80).fill(200));
    const { headerSets } = await evidence();
    expect(headerSets.map(({ headerSet }) => headerSet)).toEqual(["november", "may"]);
    const [current, former] = headerSets;
    expect(current?.replacedAt).toBeNull();
    // From then on, the old secret may be deleted.
    expect(former?.replacedAt).toBe(current?.returnedAt ?? current?.firstSeenAt);
    expect(Date.parse(former?.replacedAt ?? "")).toBeGreaterThan(
      Date.parse(former?.lastSeenAt ?? ""),
    );
  });

  it("reports that the registration was overwritten, and overwritten again", async () => {
    let now = 0;
    const { register, interact, settled, evidence } = await start({}, { now: () => now });
    const registrationsAfter = async (headers: Record<string, string>) => {
      now += 60_000;
      await register(headers);
      await interact();
      await settled();
      return (await evidence()).registrations;
    };
    const ours = { ...may, "X-Vcc-Registration": "0123456789ab" };
    expect(await registrationsAfter(ours)).toMatchObject([
      { registration: "0123456789ab", replacedAt: null },
    ]);
    expect(await registrationsAfter(may)).toMatchObject([
      { registration: null, firstSeenAt: "1970-01-01T00:02:00.000Z", returnedAt: null },
      { registration: "0123456789ab", replacedAt: "1970-01-01T00:02:00.000Z" },
    ]);
    expect(await registrationsAfter(ours)).toMatchObject([
      { registration: "0123456789ab", returnedAt: "1970-01-01T00:03:00.000Z" },
      { registration: null },
    ]);
    expect(await registrationsAfter(may)).toMatchObject([
      { registration: null, returnedAt: "1970-01-01T00:04:00.000Z" },
      { registration: "0123456789ab" },
    ]);
    await registrationsAfter({ Authorization: "Bearer stolen" });
    expect((await evidence()).lastRefusedAt).toBe("1970-01-01T00:05:00.000Z");
  });
});
