import { createAccounts } from "../../../provider/lifecycle/accounts";
import { createOwnership } from "../../../provider/lifecycle/ownership";
import type { RegisteredName } from "../../../provider/lifecycle/registered-name";
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
    ({ account: account.id(), region, provider }) as RegisteredName;
  return { ownership, account, reasonToKeep, name };
}

const outputs = (provider: string) =>
  ({ provider, region: "emea", fingerprintKey: "key" }) as RegistrationOutputs;

describe("ownership", () => {
  it("reports another declaration of a name, and only another one", () => {
    const { ownership, name } = createTestOwnership();
    expect(ownership.declare(name("Crm"), "a#1")).toBeUndefined();
    expect(ownership.declare(name("Crm"), "a#1")).toBeUndefined();
    expect(ownership.declare(name("Crm"), "b#2")).toBe(
      'the resource "a" already declares "Crm"; VCC keeps one registration per name',
    );
    expect(ownership.declare(name("Crm", "nam"), "b#2")).toBeUndefined();
    expect(ownership.declare(name("crm"), "c#3")).toBeUndefined();
  });

  it("does not show a fingerprint key in place of a declaration", () => {
    const { ownership, name } = createTestOwnership();
    ownership.declare(name("Crm"), "c2VjcmV0");
    expect(ownership.declare(name("Crm"), "b#2")).toBe(
      'another resource already declares "Crm"; VCC keeps one registration per name',
    );
  });

  it("keeps a name that is declared or claimed, in its region", () => {
    const { ownership, reasonToKeep, name } = createTestOwnership();
    ownership.declare(name("Declared"), "a#1");
    ownership.claim(name("Claimed"));
    ownership.claim(name("Other", "nam"));
    const reason = "this program declares it";
    expect(reasonToKeep("Declared")).toBe(reason);
    expect(reasonToKeep("Claimed")).toBe(reason);
    expect(reasonToKeep("Other")).toBeUndefined();
  });

  it("keeps a name if one that differs only by case is claimed in its region, not if it is declared", () => {
    const { ownership, reasonToKeep, name } = createTestOwnership();
    ownership.declare(name("DECLARED"), "a#1");
    ownership.claim(name("CLAIMED"));
    ownership.claim(name("OTHER", "nam"));
    expect(reasonToKeep("declared")).toBeUndefined();
    expect(reasonToKeep("Claimed")).toBe(
      'VCC may treat it as "CLAIMED", which this program declares',
    );
    expect(reasonToKeep("Other")).toBeUndefined();
  });

  it("keeps a name of another client, and during a destroy fails", () => {
    const { ownership, account, name } = createTestOwnership();
    const foreign = { ...outputs("Crm"), accountFingerprint: "other" };
    expect(() => ownership.reasonToKeep(foreign, account)).toThrow("Destroy with that client");
    ownership.declare(name("Other"), "a#1");
    expect(ownership.reasonToKeep(foreign, account)).toContain("declare and destroy it");
  });

  it("remembers which names a delete has released, in their region", () => {
    const { ownership, name } = createTestOwnership();
    ownership.release(name("Crm"));
    expect(ownership.isReleased(name("Crm"))).toBe(true);
    expect(ownership.isReleased(name("Crm", "nam"))).toBe(false);
    expect(ownership.isReleased(name("Other"))).toBe(false);
  });

  it("warns about a declared name that differs only by case, in its region", () => {
    const { ownership, name } = createTestOwnership();
    ownership.declare(name("CRM"), "a#1");
    ownership.declare(name("Crm"), "b#2");
    expect(ownership.caseWarning(name("Crm"))).toBe(
      '"Crm" differs from "CRM" only by case: VCC may treat them as one registration',
    );
    expect(ownership.caseWarning(name("crn"))).toBeUndefined();
    expect(ownership.caseWarning(name("Crm", "nam"))).toBeUndefined();
  });
});
