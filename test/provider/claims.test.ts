import { createClaims, differOnlyByCase } from "../../provider/claims";

describe("claims", () => {
  it("names the other declaration of a name, and only another one", () => {
    const claims = createClaims();
    expect(claims.declare("emea", "Crm", "a#1")).toBeUndefined();
    expect(claims.declare("emea", "Crm", "a#1")).toBeUndefined();
    expect(claims.declare("emea", "Crm", "b#2")).toBe(
      '"Crm" is already declared by the resource "a"; a name is one registration at VCC',
    );
    expect(claims.declare("nam", "Crm", "b#2")).toBeUndefined();
    expect(claims.declare("emea", "crm", "c#3")).toBeUndefined();
  });

  it("shows nothing of a declaration that is a key", () => {
    const claims = createClaims();
    claims.declare("emea", "Crm", "c2VjcmV0");
    expect(claims.declare("emea", "Crm", "b#2")).toBe(
      '"Crm" is already declared by another resource; a name is one registration at VCC',
    );
  });

  it("leaves a name once it is declared or confirmed, in its region", () => {
    const claims = createClaims();
    claims.declare("emea", "Declared", "a#1");
    claims.confirm("emea", "Confirmed");
    const reason = "this program declares it";
    expect(claims.reasonToLeave("emea", "Declared")).toBe(reason);
    expect(claims.reasonToLeave("emea", "Confirmed")).toBe(reason);
    expect(claims.reasonToLeave("nam", "Confirmed")).toBeUndefined();
    expect(claims.reasonToLeave("emea", "Other")).toBeUndefined();
  });

  it("leaves the twin by case of a confirmed name of the region, not of a declared one", () => {
    const claims = createClaims();
    claims.declare("emea", "DECLARED", "a#1");
    claims.confirm("emea", "CONFIRMED");
    expect(claims.reasonToLeave("emea", "declared")).toBeUndefined();
    expect(claims.reasonToLeave("emea", "Confirmed")).toBe(
      'VCC may take it for "CONFIRMED", which this program declares',
    );
    expect(claims.reasonToLeave("nam", "Confirmed")).toBeUndefined();
  });

  it("doubts a declared name whose twin by case is declared in its region", () => {
    const claims = createClaims();
    claims.declare("emea", "CRM", "a#1");
    claims.declare("emea", "Crm", "b#2");
    expect(claims.doubtOf("emea", "Crm")).toBe(
      '"Crm" differs from "CRM" only by case: VCC may take them for one registration',
    );
    expect(claims.doubtOf("emea", "crn")).toBeUndefined();
    expect(claims.doubtOf("nam", "Crm")).toBeUndefined();
  });

  it("tells names that differ only by case", () => {
    expect(differOnlyByCase("Crm", "CRM")).toBe(true);
    expect(differOnlyByCase("Crm", "Crm")).toBe(false);
    expect(differOnlyByCase("Crm", "Crn")).toBe(false);
  });
});
