import { ConfigurationError } from "../../../provider/errors";
import type { RegistrationOutputs } from "../../../provider/lifecycle/state";
import { verify } from "../../../provider/lifecycle/verification";

const at = (s: number) => new Date(s * 1000).toISOString();
const now = () => 10_000_000;

const outputs: RegistrationOutputs = {
  provider: "Crm",
  endpoint: "https://crm.example.com/vcc",
  agentActionsPermitted: {
    release: true,
    hold: false,
    transferToAgent: false,
    transferToRoute: false,
  },
  region: "emea",
  fingerprintKey: "key",
  headerFingerprints: {},
  drift: "none",
  witness: true,
  registrationFingerprint: "own",
  registeredAt: at(1000),
};

/** A witness that saw one registration last, long after ours was registered. */
function seeing(registration: string | null) {
  const observation = {
    firstSeenAt: at(2000),
    lastSeenAt: at(3000),
    returnedAt: null,
    replacedAt: null,
  };
  return {
    version: 1,
    at: at(10_000),
    since: at(0),
    provider: null,
    registrations: [{ registration, headerSet: "default", ...observation }],
    headerSets: [{ headerSet: "default", ...observation }],
    lastRefusedAt: null,
  };
}

function verified(
  olds: Partial<RegistrationOutputs>,
  askWitness: (url: string) => Promise<unknown>,
): Promise<RegistrationOutputs> {
  return verify({ ...outputs, ...olds }, () => ({ askWitness }), now);
}

const never = { firstSeenAt: null, lastSeenAt: null, returnedAt: null, replacedAt: null };
const unacknowledged = "sent at 2026-11-22T12:00:00.000Z, not acknowledged";
const drifted = `drifted: VCC has used another registration (x) since ${at(2000)}`;

describe("verification", () => {
  it.each<[string, string, string | null, string, string]>([
    ["none", "sees the registration", "own", "none", "verified"],
    ["none", "sees another one", "x", drifted, drifted],
    [drifted, "still sees another one", "x", drifted, drifted],
    [drifted, "sees the registration again", "own", "none", "verified"],
    [unacknowledged, "sees the registration", "own", unacknowledged, "verified"],
    [unacknowledged, "sees another one", "x", unacknowledged, drifted],
  ])("after %j, when the witness %s", async (before, _case, seen, drift, evidence) => {
    const after = await verified({ drift: before }, async () => seeing(seen));
    expect(after).toMatchObject({ drift, evidence });
    expect(after.verifiedAt).toBe(seen === "own" ? at(3000) : undefined);
  });

  it("records that a registration is contested", async () => {
    const evidence = seeing("x");
    const [other] = evidence.registrations;
    if (other === undefined) throw new Error("no observation");
    const overwritten = { ...other, registration: "own", replacedAt: at(900) };
    const registrations = [other, { ...overwritten, firstSeenAt: at(800), lastSeenAt: at(850) }];
    const after = await verified({}, async () => ({ ...evidence, registrations }));
    expect(after.drift).toMatch(/^contested: VCC has used another registration \(x\) since /);
  });

  it("keeps recorded drift while nothing new is seen", async () => {
    const known = { drift: drifted, registeredAt: at(4000) };
    const after = await verified(known, async () => seeing("own"));
    expect(after).toMatchObject({
      drift: drifted,
      evidence: "unverified: no notification since it was registered",
    });
  });

  it("keeps recorded drift while VCC uses the former registration", async () => {
    const known = { drift: drifted, formerFingerprint: "former" };
    const after = await verified(known, async () => seeing("former"));
    expect(after.drift).toBe(drifted);
    expect(after.evidence).toMatch(/^rotating: /);
  });

  it.each([
    ["a time with endless digits", { since: `2026-11-22T12:00:00.${"1".repeat(1000)}Z` }],
    ["a name that reverses text", { headerSets: [{ headerSet: "\u202etxt", ...never }] }],
    ["a name with a line separator", { headerSets: [{ headerSet: "a\u2028b", ...never }] }],
    ["thousands of header sets", { headerSets: Array(1000).fill({ headerSet: "a", ...never }) }],
  ])("takes %s for no evidence", async (_case, changes) => {
    const after = await verified({}, async () => ({ ...seeing("own"), ...changes }));
    expect(after.evidence).toBe("unverified: the witness responded with JSON that is not evidence");
  });

  it.each<[string, Error, string]>([
    ["a known reason", new ConfigurationError(["the reason"]), "the reason"],
    ["an unexpected error", new TypeError("canary"), "the witness could not be asked"],
  ])("keeps what was known after %s", async (_case, error, reason) => {
    const known = { drift: drifted, evidence: drifted, verifiedAt: at(1500) };
    const ask = () => Promise.reject(error);
    expect(await verified(known, ask)).toEqual({
      ...outputs,
      ...known,
      evidence: `unverified: ${reason}`,
    });
    const required = { witness: { required: true } };
    await expect(verified(required, ask)).rejects.toThrow(`"Crm" in emea: ${reason}`);
  });

  it("keeps what was known if the account is gone", async () => {
    const gone = () => {
      throw new ConfigurationError(["there is no account"]);
    };
    expect(await verify(outputs, gone, now)).toMatchObject({
      drift: "none",
      evidence: "unverified: there is no account",
    });
  });

  it.each([{ version: 2 }, { ...seeing("own"), registrations: [{}] }, "text", null])(
    "takes %j for no evidence",
    async (json) => {
      expect(await verified({}, async () => json)).toMatchObject({
        drift: "none",
        evidence: "unverified: the witness responded with JSON that is not evidence",
      });
    },
  );

  it("asks nobody without a witness", async () => {
    const ask = () => Promise.reject(new Error("asked"));
    const { witness, ...without } = outputs;
    expect(await verify(without, () => ({ askWitness: ask }), now)).toEqual(without);
  });

  it("asks at the origin of the endpoint, or at the URL", async () => {
    const asked: string[] = [];
    const ask = async (url: string) => {
      asked.push(url);
      return seeing("own");
    };
    await verified({}, ask);
    await verified({ witness: { url: "https://w.example/crm" } }, ask);
    expect(asked).toEqual([
      "https://crm.example.com/.well-known/vcc-registration",
      "https://w.example/crm",
    ]);
  });
});
