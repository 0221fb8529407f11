import { createNameIndex } from "../../../provider/lifecycle/name-index";
import type { RegisteredName } from "../../../provider/lifecycle/registered-name";

const name = (provider: string, account?: string, region = "emea") =>
  ({ account, region, provider }) as RegisteredName;

describe("name index", () => {
  it.each<[string, RegisteredName, { has: boolean; variant: string | undefined }]>([
    ["the name itself", name("Crm", "a"), { has: true, variant: undefined }],
    ["another name", name("Crn", "a"), { has: false, variant: undefined }],
    ["a name that differs by case", name("CRM", "a"), { has: false, variant: "Crm" }],
    ["the name in another region", name("Crm", "a", "nam"), { has: false, variant: undefined }],
    ["the name in another account", name("Crm", "b"), { has: false, variant: undefined }],
    ["another case in another account", name("CRM", "b"), { has: false, variant: undefined }],
    ["the name in an unknown account", name("Crm"), { has: true, variant: undefined }],
    ["another case in an unknown account", name("CRM"), { has: false, variant: "Crm" }],
  ])("looks up %s", (_case, sought, { has, variant }) => {
    const index = createNameIndex([name("Crm", "a"), name("Other", "b")]);
    expect(index.has(sought)).toBe(has);
    expect(index.caseVariantOf(sought)).toBe(variant);
  });

  it("contains names that differ by account or case only", () => {
    const index = createNameIndex([name("Crm", "a"), name("Crm", "b"), name("CRM", "c")]);
    expect(["a", "b", "c"].map((account) => index.has(name("Crm", account)))).toEqual([
      true,
      true,
      false,
    ]);
    expect(index.caseVariantOf(name("Crm", "c"))).toBe("CRM");
  });

  it("contains a name of an unknown account in every account", () => {
    const index = createNameIndex([name("Crm")]);
    expect(index.has(name("Crm", "a"))).toBe(true);
    expect(index.caseVariantOf(name("CRM", "a"))).toBe("Crm");
  });
});
