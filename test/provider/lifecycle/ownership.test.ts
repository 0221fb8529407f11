import { createAccounts } from "../../../provider/lifecycle/accounts";
import type { OperationLog } from "../../../provider/lifecycle/operation-log";
import { createOwnership } from "../../../provider/lifecycle/ownership";
import type { RegisteredName } from "../../../provider/lifecycle/registered-name";
import type { RegistrationOutputs } from "../../../provider/lifecycle/state";

const clock = { now: Date.now, waitUntil: async () => {} };
const client = { VCC_CLIENT_ID: "id", VCC_CLIENT_SECRET: "secret" };

/** What a process of an account in emea knows; the other processes have recorded some names. */
function createTestOwnership({
  environment = client,
  configuration = {},
  names = async () => [],
}: {
  environment?: Record<string, string>;
  configuration?: Record<string, string>;
  names?: OperationLog["names"];
} = {}) {
  const accounts = createAccounts({ VCC_REGION: "emea", ...environment }, { clock, log: () => {} });
  accounts.configure((key) => configuration[key]);
  const account = accounts.get(undefined);
  const ownership = createOwnership({ record: async () => {}, names });
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

  it("keeps a name that is declared or claimed, in its region", async () => {
    const { ownership, reasonToKeep, name } = createTestOwnership();
    ownership.declare(name("Declared"), "a#1");
    await ownership.claim(name("Claimed"));
    await ownership.claim(name("Other", "nam"));
    const reason = "this program declares it";
    expect(await reasonToKeep("Declared")).toBe(reason);
    expect(await reasonToKeep("Claimed")).toBe(reason);
    expect(await reasonToKeep("Other")).toBeUndefined();
  });

  it("keeps a name if one that differs only by case is claimed in its region, not if it is declared", async () => {
    const { ownership, reasonToKeep, name } = createTestOwnership();
    ownership.declare(name("DECLARED"), "a#1");
    await ownership.claim(name("CLAIMED"));
    await ownership.claim(name("OTHER", "nam"));
    expect(await reasonToKeep("declared")).toBeUndefined();
    expect(await reasonToKeep("Claimed")).toBe(
      'VCC may treat it as "CLAIMED", which this program declares',
    );
    expect(await reasonToKeep("Other")).toBeUndefined();
  });

  it("keeps a name of another client during a destroy only in a VccAccount with a client", async () => {
    const foreign = { ...outputs("Crm"), accountFingerprint: "other" };
    const accountObject = { "vcc:accountObject": "one" };
    const withClient = createTestOwnership({
      configuration: { ...accountObject, "vcc:clientId": "own", "vcc:clientSecret": "secret" },
    });
    expect(await withClient.ownership.reasonToKeep(foreign, withClient.account)).toContain(
      "declare and destroy it",
    );
    for (const configuration of [{}, accountObject, { "vcc:clientId": "own" }]) {
      const { ownership, account } = createTestOwnership({ configuration });
      await expect(ownership.reasonToKeep(foreign, account)).rejects.toThrow(
        "Destroy with that client",
      );
    }
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

  describe("beside other VccAccounts", () => {
    const { name } = createTestOwnership();

    it("keeps a name that one of them has in the same account", async () => {
      const { reasonToKeep } = createTestOwnership({
        names: async () => [name("Same"), name("CASE"), { ...name("Elsewhere"), account: "other" }],
      });
      expect(await reasonToKeep("Same")).toBe("another VccAccount of this program has the name");
      expect(await reasonToKeep("Case")).toBe(
        'VCC may treat it as "CASE", which another VccAccount of this program has',
      );
      expect(await reasonToKeep("Elsewhere")).toBeUndefined();
    });

    it("keeps a name if the account of one of them is unknown", async () => {
      const unknown = { ...name("Crm"), account: undefined };
      const first = createTestOwnership({ names: async () => [unknown] });
      expect(await first.reasonToKeep("Crm")).toContain("another VccAccount");
      const second = createTestOwnership({
        environment: { VCC_ACCESS_TOKEN: "token" },
        names: async () => [name("Crm")],
      });
      expect(await second.reasonToKeep("Crm")).toContain("another VccAccount");
    });

    it("keeps every name if nothing is known of them, and says why", async () => {
      const { reasonToKeep } = createTestOwnership({
        names: () => Promise.reject(new Error("the file is damaged")),
      });
      expect(await reasonToKeep("Crm")).toBe(
        "another VccAccount of this program may have the name, but the record of this " +
          "operation is unusable (the file is damaged)",
      );
    });
  });
});
