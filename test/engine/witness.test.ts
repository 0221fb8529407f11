import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createReceiver, type Receiver } from "../../receiver";
import { clientOf } from "../emulator/client";
import { canary, formsOf } from "../end-to-end/secrets";
import { declaring } from "./programs";
import { engineScene } from "./scene";

const endpoint = "https://crm.example.com/vcc";
const agentactionspermitted = { release: 1, hold: 0, transferToAgent: 0, transferToRoute: 0 };
const secrets = { may: canary("may"), november: canary("november"), witness: canary("witness") };

let receiver: Receiver;
let evidence: string | undefined;
let receiverUrl = "";
const servers: Server[] = [];

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  receiverUrl = await listen((request, response) => receiver.node(request, response));
});
afterAll(() => {
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
});
const scene = engineScene(() => ({ deliverTo: receiverUrl }));
const stack = () => scene.project.stack;

beforeEach(() => {
  evidence = undefined;
  receiver = createReceiver({
    headers: {
      may: { Authorization: `Bearer ${secrets.may}` },
      november: { Authorization: `Bearer ${secrets.november}` },
    },
    onNotification: () => {},
    witnessToken: secrets.witness,
    provider: "Crm",
    store: {
      // Each notification arrives once.
      claim: () => "new",
      complete() {},
      release() {},
      loadEvidence: () => evidence,
      saveEvidence(text) {
        evidence = text;
      },
    },
  });
  scene.project.setEnvironment({
    ...stack().workspace.envVars,
    VCC_WITNESS_TOKEN: secrets.witness,
  });
  declare();
});

function declare({
  token = "may",
  witness = witnessUrl(),
}: {
  token?: "may" | "november";
  witness?: string | boolean | { url: string; required: boolean };
} = {}) {
  const headers = { Authorization: `Bearer ${secrets[token]}` };
  scene.project.declare(declaring({ headers, agentActionsPermitted: {}, witness }));
}

const witnessUrl = () => `${receiverUrl}/.well-known/vcc-registration`;

const outputs = async () => {
  const { deployment } = await stack().exportStack();
  return deployment.resources.at(-1).outputs;
};

/** As `pulumi preview --refresh --expect-no-changes` in a scheduled job. */
const isClean = () =>
  stack()
    .preview({ refresh: true, expectNoChanges: true })
    .then(
      () => true,
      () => false,
    );

/** Somebody registers the name past Pulumi. */
async function register(registration: object) {
  const client = clientOf(scene.emulator);
  expect((await client.register(registration, await token())).status).toBe(200);
}

const overwrite = (headers: Record<string, string> = {}) =>
  register({
    provider: "Crm",
    endpoint,
    headers: { Authorization: `Bearer ${secrets.may}`, ...headers },
    agentactionspermitted,
  });

async function token(): Promise<string> {
  const { clientId, clientSecret } = scene.credentials;
  const client = clientOf(scene.emulator);
  return (await client.requestToken({ client_id: clientId, client_secret: clientSecret })).token;
}

/** VCC sends two notifications, and the receiver accepts them. */
async function interact() {
  const { emulator } = scene;
  const before = emulator.callbacks().length;
  const externalid = `case-${before}`;
  const requests = [
    { externalid, route: "Sales" },
    { externalid, action: "release" },
  ];
  await clientOf(emulator).invoke({ provider: "Crm", requests }, await token());
  await emulator.settled();
  const received = emulator.callbacks().slice(before);
  expect(received.map(({ status }) => status)).toEqual([200, 200]);
}

const earlier = (text: string) =>
  text.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (time) =>
    new Date(Date.parse(time) - 10 * 60_000).toISOString(),
  );

/** Ten minutes pass, for the state and for the receiver. */
async function wait() {
  await receiver.evidence();
  evidence = evidence && earlier(evidence);
  const state = await stack().exportStack();
  for (const { outputs = {} } of state.deployment.resources) {
    if (outputs.registeredAt !== undefined) outputs.registeredAt = earlier(outputs.registeredAt);
  }
  await stack().importStack(state);
}

/** As if `pulumi-vcc adopt` had recorded it. */
async function forgetRegistration() {
  const state = await stack().exportStack();
  for (const { outputs = {} } of state.deployment.resources) delete outputs.registeredAt;
  await stack().importStack(state);
}

describe("a registration with a witness", () => {
  it("is unverified until a notification carries it, and verified from then on", async () => {
    await stack().up();
    await stack().refresh();
    expect((await outputs()).evidence).toMatch(/^unverified: no notification since/);
    await interact();
    expect(await isClean()).toBe(true);
    await stack().refresh();
    const { verifiedAt, evidence, drift } = await outputs();
    expect([evidence, drift]).toEqual(["verified", "none"]);
    expect(Math.abs(Date.parse(verifiedAt) - Date.now())).toBeLessThan(60_000);
  });

  it("has drifted if somebody overwrites it, which a refresh records and up repairs", async () => {
    await stack().up();
    await interact();
    await wait();
    await overwrite({ "X-Vcc-Registration": "0123456789ab" });
    await interact();
    expect(await isClean()).toBe(false);
    await stack().refresh();
    const { drift, evidence, registrationFingerprint } = await outputs();
    expect(drift).toMatch(/^drifted: VCC has used another registration \(0123456789ab\) since /);
    expect(evidence).toBe(drift);
    // Once more, with the same result.
    await stack().refresh();
    expect((await outputs()).drift).toBe(drift);
    await stack().up();
    const [held] = scene.emulator.registrations();
    expect(held?.headers?.["X-Vcc-Registration"]).toBe(registrationFingerprint);
    expect((await outputs()).drift).toBe("none");
  });

  it("is repaired by one up that refreshes, and contested if overwritten again", async () => {
    await stack().up();
    await interact();
    await wait();
    await overwrite();
    await interact();
    scene.emulator.reset();
    const { summary } = await stack().up({ refresh: true });
    expect(summary.resourceChanges).toMatchObject({ update: 1 });
    expect(scene.emulator.requests().filter(({ provider }) => provider)).toHaveLength(1);
    expect((await outputs()).drift).toBe("none");
    await interact();
    await overwrite();
    await interact();
    // The last notification may still have been in flight.
    expect(await isClean()).toBe(true);
    await wait();
    await interact();
    await stack().refresh();
    expect((await outputs()).drift).toMatch(/^contested: /);
  });

  it("has no verdict while it is adopted, whatever its witness sees", async () => {
    await stack().up();
    await forgetRegistration();
    for (const mark of [{ "X-Vcc-Registration": "0123456789ab" }, {}]) {
      await overwrite(mark);
      await interact();
      await stack().refresh({ expectNoChanges: true });
      expect(await outputs()).toMatchObject({
        drift: "none",
        evidence: "unverified: VCC has not acknowledged it yet",
      });
      expect(await outputs()).not.toHaveProperty("registeredAt");
    }
    const { deployment } = await stack().exportStack();
    await stack().up({ replace: [deployment.resources.at(-1).urn] });
    expect(await outputs()).toHaveProperty("registeredAt");
    expect(scene.emulator.registrations()[0]?.headers).toHaveProperty("X-Vcc-Registration");
  });

  it("is rotating while VCC still sends the former secret, and says when that ended", async () => {
    const { emulator } = scene;
    await stack().up();
    await interact();
    const [former = {}] = emulator.registrations();
    declare({ token: "november" });
    await stack().up();
    const [current = {}] = emulator.registrations();
    await register(former);
    await interact();
    await stack().refresh({ expectNoChanges: true });
    expect((await outputs()).evidence).toMatch(/^rotating: .*with the headers "may"/);

    await register(current);
    await interact();
    await stack().refresh();
    expect((await outputs()).evidence).toMatch(
      /^verified: the headers "may" not used since \d{4}-/,
    );
  });

  it("is not registered again when only the URL of its witness changes", async () => {
    const { emulator } = scene;
    await stack().up();
    emulator.reset();
    const required = { url: witnessUrl(), required: true };
    declare({ witness: required });
    const { summary } = await stack().up();
    expect(summary.resourceChanges).toMatchObject({ update: 1 });
    expect(emulator.requests()).toEqual([]);
    expect((await outputs()).witness).toEqual(required);

    declare({ witness: false });
    await stack().up();
    expect(emulator.registrations()[0]?.headers).not.toHaveProperty("X-Vcc-Registration");
  });

  it("reveals no secret through its header, its witness, the state or the output", async () => {
    const { project, emulator } = scene;
    await stack().up();
    await interact();
    await stack().refresh();
    const seen = [
      emulator.registrations()[0]?.headers?.["X-Vcc-Registration"],
      JSON.stringify(await receiver.evidence()),
      project.state(),
      project.output(),
    ].join("\n");
    for (const form of Object.values(secrets).flatMap(formsOf)) {
      expect(seen.includes(form)).toBe(false);
    }
  });
});

describe("a witness that cannot be asked", () => {
  const answer =
    (status: number, headers: Record<string, string>, body = ""): RequestListener =>
    (_request, response) =>
      response.writeHead(status, headers).end(body);

  const cases: Record<string, { listener: RequestListener; reason: RegExp }> = {
    Silent: { listener: () => {}, reason: /the witness: no complete response within 5 s/ },
    Html: {
      listener: answer(200, { "content-type": "text/html" }, "<html>canary</html>"),
      reason: /responded with a web page/,
    },
    Other: { listener: answer(200, {}, '{"version":1}'), reason: /JSON that is not evidence/ },
    Refusing: { listener: answer(401, {}), reason: /responded 401: compare vcc:witnessToken/ },
    Redirecting: {
      listener: answer(302, { location: "https://elsewhere.example/" }),
      reason: /302 redirects to/,
    },
    Failing: { listener: answer(503, {}), reason: /responded 503/ },
  };

  it("leaves the registration unverified, with the reason", async () => {
    const witnesses = await Promise.all(
      Object.entries(cases).map(async ([name, { listener }]) => ({
        name,
        provider: name,
        witness: await listen(listener),
      })),
    );
    scene.project.declare(declaring(...witnesses));
    await stack().up();
    await stack().refresh();
    const { deployment } = await stack().exportStack();
    for (const [name, { reason }] of Object.entries(cases)) {
      const { outputs } = deployment.resources.find(({ urn }: { urn: string }) =>
        urn.endsWith(`::${name}`),
      );
      expect(outputs).toMatchObject({ drift: "none", evidence: expect.stringMatching(reason) });
      expect(outputs.evidence).toMatch(/^unverified: (?!.*canary)/);
      expect(outputs).not.toHaveProperty("verifiedAt");
    }
  });

  it("fails the refresh if it is required", async () => {
    const url = await listen(answer(503, {}));
    declare({ witness: { url, required: true } });
    await stack().up();
    await expect(stack().refresh()).rejects.toThrow();
    expect(scene.project.output()).toContain('"Crm" in emea: the witness responded 503');
  });

  it("lacks a token, as the evidence says", async () => {
    await stack().up();
    const { VCC_WITNESS_TOKEN, ...environment } = stack().workspace.envVars;
    stack().workspace.envVars = environment;
    await stack().refresh();
    expect((await outputs()).evidence).toMatch(
      /^unverified: the witness was not asked: set vcc:witnessToken \(or VCC_WITNESS_TOKEN\); if you changed it/,
    );
  });
});
