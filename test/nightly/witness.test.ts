import type { RequestListener } from "node:http";
import { drift, expectInAllFormats, inspectInAllFormats } from "../end-to-end/drift-reports";
import { formsOf } from "../end-to-end/secrets";
import { parseReport } from "../report-formats";
import { createWitnessScene, provider, type WitnessScene } from "./witness-scene";

let scene: WitnessScene;
beforeEach(async () => {
  scene = await createWitnessScene();
});
afterEach(() => scene.close());

const outputs = async () => {
  const { deployment } = await scene.project.stack.exportStack();
  return deployment.resources.at(-1).outputs;
};

const registrationHeader = () => scene.emulator.registrations()[0]?.headers?.["X-Vcc-Registration"];

/** In all formats, without a secret in any of them. */
const look = (...args: string[]) => inspectInAllFormats(scene, Object.values(scene.secrets), args);

/** As `pulumi preview --refresh --expect-no-changes` in a scheduled job. */
const isClean = () =>
  scene.project.stack.preview({ refresh: true, expectNoChanges: true }).then(
    () => true,
    () => false,
  );

const line = 3;

describe("a registration with a witness", () => {
  beforeEach(async () => {
    scene.declare();
    await scene.project.stack.up();
  });

  it("is unverified until a notification carries it, and verified from then on", async () => {
    const { project, interact } = scene;
    const before = await look();
    expectInAllFormats(before, { provider, class: "in sync", fails: false, line });
    expect(before.text).toContain("unverified: no notification since");
    const required = await look("--require-verified", "7d");
    expectInAllFormats(required, { provider, class: "unverified", line });

    await interact();
    const after = await look("--require-verified", "7d");
    expectInAllFormats(after, { provider, class: "verified", fails: false, line });
    expect(await isClean()).toBe(true);
    await project.stack.refresh();
    const stored = await look("--no-refresh", "--require-verified", "7d");
    expectInAllFormats(stored, { provider, class: "in sync", fails: false, line });
    const { verifiedAt, evidence, drift: recorded } = await outputs();
    expect([evidence, recorded]).toEqual(["verified", "none"]);
    expect(Math.abs(Date.parse(verifiedAt) - Date.now())).toBeLessThan(60_000);
  });

  it("has drifted if somebody overwrites it, and up --refresh repairs it", async () => {
    const { project, interact, overwrite, emulator, wait } = scene;
    await interact();
    await wait();
    await overwrite();
    await interact();
    const overwritten = await look();
    expectInAllFormats(overwritten, { provider, class: "drifted", changed: ["drift"], line });
    expect(overwritten.text).toMatch(
      /VCC has used a registration without X-Vcc-Registration since \d{4}-/,
    );
    expect(overwritten.stack.repair).toBe("pulumi up --refresh --run-program --stack dev");
    expect(await isClean()).toBe(false);

    emulator.reset();
    const { summary } = await project.stack.up({ refresh: true });
    expect(summary.resourceChanges).toMatchObject({ update: 1 });
    expect(emulator.requests().filter(({ provider }) => provider !== undefined)).toHaveLength(1);
    expect((await outputs()).drift).toBe("none");
    await interact();
    expectInAllFormats(await look(), { provider, class: "verified", fails: false, line });
  });

  it("is repaired by a plain up once a refresh has recorded the drift", async () => {
    const { project, interact, overwrite, wait } = scene;
    await interact();
    await wait();
    await overwrite({ "X-Vcc-Registration": "0123456789ab" });
    await interact();
    await project.stack.refresh();
    const { drift: recorded, evidence } = await outputs();
    expect(recorded).toMatch(/^drifted: VCC has used another registration \(0123456789ab\) since /);
    expect(evidence).toBe(recorded);
    // Once more, with the same result.
    await project.stack.refresh();
    expect((await outputs()).drift).toBe(recorded);
    const own = (await outputs()).registrationFingerprint;
    await project.stack.up();
    expect(registrationHeader()).toBe(own);
    expect((await outputs()).drift).toBe("none");
  });

  it("is contested if somebody overwrites it again after the repair", async () => {
    const { project, interact, overwrite, wait } = scene;
    await interact();
    await wait();
    await overwrite();
    await interact();
    await project.stack.up({ refresh: true });
    await interact();
    await overwrite();
    await interact();
    // The last notification may still have been in flight.
    expectInAllFormats(await look(), { provider, class: "in sync", fails: false, line });
    await wait();
    await interact();
    const contested = await look();
    expectInAllFormats(contested, { provider, class: "contested", changed: ["drift"], line });
    expect(contested.text).toContain("find out who else registers this name");
  });

  it("is rotating while VCC still sends the former secret, and says when that ended", async () => {
    const { project, interact, emulator, declare, restore } = scene;
    await interact();
    const [former = {}] = emulator.registrations();
    declare({ token: "november" });
    await project.stack.up();
    const [current = {}] = emulator.registrations();
    await restore(former);
    await interact();
    const rotating = await look();
    expectInAllFormats(rotating, { provider, class: "rotating", fails: false, line });
    expect(rotating.text).toContain('with the headers "may"');

    await restore(current);
    await interact();
    const done = await look();
    expectInAllFormats(done, { provider, class: "verified", fails: false, line });
    expect(done.text).toMatch(/the headers "may" not used since \d{4}-/);
  });

  it("is not registered again when only the URL of its witness changes", async () => {
    const { project, emulator, declare, witnessUrl } = scene;
    emulator.reset();
    declare({ witness: JSON.stringify({ url: witnessUrl, required: true }) });
    const { summary } = await project.stack.up();
    expect(summary.resourceChanges).toMatchObject({ update: 1 });
    expect(emulator.requests()).toEqual([]);
    expect((await outputs()).witness).toEqual({ url: witnessUrl, required: true });

    declare({ witness: "false" });
    await project.stack.up();
    expect(emulator.registrations()[0]?.headers).not.toHaveProperty("X-Vcc-Registration");
  });

  it("reveals no secret through its header, its witness, the state or the output", async () => {
    const { project, interact, receiver, secrets } = scene;
    await interact();
    await project.stack.refresh();
    await project.stack.preview({ refresh: true });
    const seen = [
      registrationHeader() ?? "",
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
    const { project, listen } = scene;
    const registrations = await Promise.all(
      Object.entries(cases).map(async ([name, { listener }]) => ({
        name,
        witness: await listen(listener),
      })),
    );
    project.write(`import { VccProvider } from "pulumi-vcc";

for (const { name, witness } of ${JSON.stringify(registrations)}) {
  new VccProvider(name, {
    provider: name,
    endpoint: "https://crm.example.com/vcc",
    agentActionsPermitted: {},
    witness,
  });
}
`);
    await project.stack.up();
    await project.stack.refresh();
    const { deployment } = await project.stack.exportStack();
    const { code, stdout } = await drift(scene, ["--format", "json"]);
    expect(code).toBe(0);
    const [stack] = parseReport(stdout).stacks;
    for (const [name, { reason }] of Object.entries(cases)) {
      const recorded = deployment.resources.find(({ urn }: { urn: string }) =>
        urn.endsWith(`::${name}`),
      ).outputs;
      expect(recorded).toMatchObject({ drift: "none", evidence: expect.stringMatching(reason) });
      expect(recorded.evidence).toMatch(/^unverified: (?!.*canary)/);
      expect(recorded).not.toHaveProperty("verifiedAt");
      const reported = stack?.registrations.find(({ provider }) => provider === name);
      expect(reported).toMatchObject({
        class: "in sync",
        verified: false,
        evidence: expect.stringMatching(reason),
      });
    }
  });

  it("fails the refresh if it is required", async () => {
    const { project, listen, declare } = scene;
    const url = await listen(answer(503, {}));
    declare({ witness: JSON.stringify({ url, required: true }) });
    await project.stack.up();
    await expect(project.stack.refresh()).rejects.toThrow(
      `"${provider}" in emea: the witness responded 503`,
    );
  });

  it("lacks a token, as the evidence says", async () => {
    const { project, declare } = scene;
    declare();
    await project.stack.up();
    const { VCC_WITNESS_TOKEN, ...environment } = project.stack.workspace.envVars;
    project.stack.workspace.envVars = environment;
    await project.stack.refresh();
    expect((await outputs()).evidence).toMatch(
      /^unverified: the witness was not asked: set vcc:witnessToken \(or VCC_WITNESS_TOKEN\); if you changed it/,
    );
  });
});
