import { createAccount } from "../../../provider/lifecycle/account";
import { createOwnership, differOnlyByCase } from "../../../provider/lifecycle/ownership";
import type { RegistrationOutputs } from "../../../provider/lifecycle/state";

/**
 * What a process of an account in a region knows, while other processes have registered nothing.
 */
function createTestOwnership(region = "emea") {
  const clock = { now: Date.now, waitUntil: async () => {} };
  const account = createAccount({ VCC_REGION: region }, { clock, log: () => {} });
  return createOwnership(account, { record: async () => {}, hasRecorded: async () => false });
}

const outputs = (provider: string, region = "emea") =>
  ({ provider, region, fingerprintKey: "key" }) as RegistrationOutputs;

describe("ownership", () => {
  it("reports another declaration of a name, and only another one", () => {
    const ownership = createTestOwnership();
    expect(ownership.declare("emea", "Crm", "a#1")).toBeUndefined();
    expect(ownership.declare("emea", "Crm", "a#1")).toBeUndefined();
    expect(ownership.declare("emea", "Crm", "b#2")).toBe(
      'the resource "a" already declares "Crm"; a name is one registration at VCC',
    );
    expect(ownership.declare("nam", "Crm", "b#2")).toBeUndefined();
    expect(ownership.declare("emea", "crm", "c#3")).toBeUndefined();
  });

  it("does not show a fingerprint key in place of a declaration", () => {
    const ownership = createTestOwnership();
    ownership.declare("emea", "Crm", "c2VjcmV0");
    expect(ownership.declare("emea", "Crm", "b#2")).toBe(
      'another resource already declares "Crm"; a name is one registration at VCC',
    );
  });

  it("keeps a name that is declared or claimed, in its region", async () => {
    const ownership = createTestOwnership();
    ownership.declare("emea", "Declared", "a#1");
    await ownership.claim("emea", "Claimed");
    await ownership.claim("nam", "Other");
    const reason = "this program declares it";
    expect(await ownership.reasonToKeep(outputs("Declared"))).toBe(reason);
    expect(await ownership.reasonToKeep(outputs("Claimed"))).toBe(reason);
    expect(await ownership.reasonToKeep(outputs("Other"))).toBeUndefined();
  });

  it("keeps a name if one that differs only by case is claimed in its region, not if it is declared", async () => {
    const ownership = createTestOwnership();
    ownership.declare("emea", "DECLARED", "a#1");
    await ownership.claim("emea", "CLAIMED");
    await ownership.claim("nam", "OTHER");
    expect(await ownership.reasonToKeep(outputs("declared"))).toBeUndefined();
    expect(await ownership.reasonToKeep(outputs("Claimed"))).toBe(
      'VCC may treat it as "CLAIMED", which this program declares',
    );
    expect(await ownership.reasonToKeep(outputs("Other"))).toBeUndefined();
  });

  it("warns of a declared name that differs only by case, in its region", () => {
    const ownership = createTestOwnership();
    ownership.declare("emea", "CRM", "a#1");
    ownership.declare("emea", "Crm", "b#2");
    expect(ownership.caseWarning("emea", "Crm")).toBe(
      '"Crm" differs from "CRM" only by case: VCC may treat them as one registration',
    );
    expect(ownership.caseWarning("emea", "crn")).toBeUndefined();
    expect(ownership.caseWarning("nam", "Crm")).toBeUndefined();
  });

  it("recognizes names that differ only by case", () => {
    expect(differOnlyByCase("Crm", "CRM")).toBe(true);
    expect(differOnlyByCase("Crm", "Crm")).toBe(false);
    expect(differOnlyByCase("Crm", "Crn")).toBe(false);
  });
});
