import { createAccounts } from "../../../provider/accounts/accounts";
import {
  createOwnership,
  type Declarer,
  type RegisteredName,
} from "../../../provider/lifecycle/ownership";
import type { RegistrationOutputs } from "../../../provider/lifecycle/state";

const clock = { now: Date.now, waitUntil: async () => {} };
const client = { VCC_CLIENT_ID: "id", VCC_CLIENT_SECRET: "secret" };

/** What a process of an account in emea knows. */
function createTestOwnership() {
  const accounts = createAccounts({ VCC_REGION: "emea", ...client }, { clock, log: () => {} });
  const account = accounts.get(undefined);
  const ownership = createOwnership();
  const reasonToKeep = (provider: string) => ownership.reasonToKeep(outputs(provider), account);
  const name = (provider: string, region = "emea") =>
    ({ account: account.key(), region, provider }) as RegisteredName;
  return { ownership, account, reasonToKeep, name };
}

const outputs = (provider: string) =>
  ({ provider, region: "emea", fingerprintKey: "key" }) as RegistrationOutputs;

const [a, b] = ["a", "b"].map((resource) => ({ id: `1 ${resource}`, resource })) as [
  Declarer,
  Declarer,
];

describe("ownership", () => {
  it("reports another declaration of a name, and only another one", () => {
    const { ownership, name } = createTestOwnership();
    expect(ownership.declare(name("Crm"), a)).toBeUndefined();
    expect(ownership.declare(name("Crm"), a)).toBeUndefined();
    expect(ownership.declare(name("Crm"), b)).toBe(
      'the resource "a" already declares "Crm"; VCC keeps one registration per name',
    );
    expect(ownership.declare(name("Crm", "nam"), b)).toBeUndefined();
  });

  it.each([
    ["case", "CRM", "Crm"],
    ["Unicode normalization", "Caf\u00e9", "Cafe\u0301"],
    ["both", "CAF\u00c9", "cafe\u0301"],
  ])("reports a declaration that differs only by %s", (_case, first, second) => {
    const { ownership, name } = createTestOwnership();
    ownership.declare(name(first), a);
    expect(ownership.declare(name(second), b)).toBe(
      `the resource "a" declares "${first}", and "${second}" differs from that only by case or Unicode ` +
        "normalization: VCC may treat both as one name, and each would overwrite the other",
    );
    expect(ownership.declare(name(second, "nam"), b)).toBeUndefined();
  });

  it("does not show a fingerprint key in place of a declaration", () => {
    const { ownership, name } = createTestOwnership();
    ownership.declare(name("Crm"), { id: "c2VjcmV0" });
    expect(ownership.declare(name("Crm"), b)).toBe(
      'another resource already declares "Crm"; VCC keeps one registration per name',
    );
  });

  it("keeps a name that is declared or claimed, in its region", () => {
    const { ownership, reasonToKeep, name } = createTestOwnership();
    ownership.declare(name("Declared"), a);
    ownership.claim(name("Claimed"));
    ownership.claim(name("Other", "nam"));
    const reason = "this program declares it";
    expect(reasonToKeep("Declared")).toBe(reason);
    expect(reasonToKeep("Claimed")).toBe(reason);
    expect(reasonToKeep("Other")).toBeUndefined();
  });

  it("keeps a name that is declared with an access token, which may belong to the same account", () => {
    const { ownership, reasonToKeep, name } = createTestOwnership();
    ownership.declare({ ...name("Crm"), account: undefined }, a);
    expect(reasonToKeep("Crm")).toBe("this program declares it");
  });

  it("keeps a name if one that differs only by case or Unicode normalization is declared", () => {
    const { ownership, reasonToKeep, name } = createTestOwnership();
    ownership.declare(name("CAF\u00c9"), a);
    expect(reasonToKeep("Cafe\u0301")).toBe(
      'this program declares "CAF\u00c9", which VCC may treat as the same name',
    );
  });

  it("does not keep a name between its release and the next claim", () => {
    const { ownership, reasonToKeep, name } = createTestOwnership();
    ownership.declare(name("CRM"), a);
    ownership.release(name("CRM"));
    // The engine checks a replacement again.
    ownership.declare(name("CRM"), a);
    expect(reasonToKeep("Crm")).toBeUndefined();
    ownership.claim(name("CRM"));
    expect(reasonToKeep("Crm")).toBeDefined();
  });

  it("keeps a name of another client, and during a destroy fails", () => {
    const { ownership, account, name } = createTestOwnership();
    const foreign = { ...outputs("Crm"), accountFingerprint: "other" };
    expect(() => ownership.reasonToKeep(foreign, account)).toThrow("Destroy with that client");
    ownership.declare(name("Other"), a);
    expect(ownership.reasonToKeep(foreign, account)).toContain("declare and destroy it");
  });

  it("remembers which names are released, in their region, until they are claimed", () => {
    const { ownership, name } = createTestOwnership();
    ownership.release(name("Crm"));
    ownership.declare(name("CRM"), a);
    expect(ownership.isReleased(name("Crm"))).toBe(true);
    expect(ownership.isReleased(name("Crm", "nam"))).toBe(false);
    expect(ownership.isReleased(name("Other"))).toBe(false);
    ownership.claim(name("CRM"));
    expect(ownership.isReleased(name("Crm"))).toBe(false);
  });

  it("reports another declaration of a witness, and only another one", () => {
    const { ownership } = createTestOwnership();
    const url = "https://crm.example.com/witness";
    expect(ownership.declareWitness(url, a)).toBeUndefined();
    expect(ownership.declareWitness(url, a)).toBeUndefined();
    expect(ownership.declareWitness(url, b)).toContain('the resource "a" has the same witness');
    expect(ownership.declareWitness(`${url}/other`, b)).toBeUndefined();
  });
});
