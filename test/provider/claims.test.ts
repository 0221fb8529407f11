import { createClaims, differOnlyByCase } from "../../provider/claims";

describe("claims", () => {
  it("names the other declaration of a name, and only another one", () => {
    const claims = createClaims();
    expect(claims.declare("emea", "Crm", "a#1")).toBeUndefined();
    expect(claims.declare("emea", "Crm", "a#1")).toBeUndefined();
    expect(claims.declare("emea", "Crm", "b#2")).toBe("a#1");
    expect(claims.declare("nam", "Crm", "b#2")).toBeUndefined();
    expect(claims.declare("emea", "crm", "c#3")).toBeUndefined();
  });

  it("claims a name once it is declared or confirmed, in its region", () => {
    const claims = createClaims();
    claims.declare("emea", "Declared", "a#1");
    claims.confirm("emea", "Confirmed");
    expect(claims.isClaimed("emea", "Declared")).toBe(true);
    expect(claims.isClaimed("emea", "Confirmed")).toBe(true);
    expect(claims.isClaimed("emea", "declared")).toBe(false);
    expect(claims.isClaimed("nam", "Confirmed")).toBe(false);
  });

  it("finds a twin by case among the confirmed names of the region only", () => {
    const claims = createClaims();
    claims.declare("emea", "DECLARED", "a#1");
    claims.confirm("emea", "CONFIRMED");
    expect(claims.confirmedTwin("emea", "declared")).toBeUndefined();
    expect(claims.confirmedTwin("emea", "Confirmed")).toBe("CONFIRMED");
    expect(claims.confirmedTwin("emea", "CONFIRMED")).toBeUndefined();
    expect(claims.confirmedTwin("nam", "Confirmed")).toBeUndefined();
  });

  it("tells names that differ only by case", () => {
    expect(differOnlyByCase("Crm", "CRM")).toBe(true);
    expect(differOnlyByCase("Crm", "Crm")).toBe(false);
    expect(differOnlyByCase("Crm", "Crn")).toBe(false);
  });
});
