import { differOnlyByCase } from "../../../provider/lifecycle/registered-name";

describe("registered names", () => {
  it("that differ only by case are recognized", () => {
    expect(differOnlyByCase("Crm", "CRM")).toBe(true);
    expect(differOnlyByCase("Crm", "Crm")).toBe(false);
    expect(differOnlyByCase("Crm", "Crn")).toBe(false);
  });
});
