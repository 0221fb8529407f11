import type { Inspection } from "../../../../cli/drift/inspection/inspect";
import type { InspectedRegistration } from "../../../../cli/drift/inspection/registrations";
import { findRivals } from "../../../../cli/drift/report/rivals";
import { registration } from "../samples";

const account = "client";
const declared = { ...registration, account };

function stack(name: string, ...registrations: InspectedRegistration[]): Inspection {
  const copies = registrations.map((one) => ({ ...one }));
  return { directory: ".", project: "project", stack: name, registrations: copies };
}

const rivalsIn = (...inspections: Inspection[]) => {
  const { rivalsOf, warnings } = findRivals(inspections);
  return { rivals: [...rivalsOf.values()], warnings };
};

describe("rivals", () => {
  it("declare one name in one account, in one stack or in several", () => {
    const second = { ...declared, resource: "second" };
    expect(rivalsIn(stack("dev", declared, second), stack("prod", declared))).toEqual({
      rivals: [
        ["project/dev (second)", "project/prod (crm)"],
        ["project/dev (crm)", "project/prod (crm)"],
        ["project/dev (crm)", "project/dev (second)"],
      ],
      warnings: [],
    });
  });

  it("declare names that differ only by case or Unicode normalization", () => {
    const [first, second] = ["Caf\u00e9", "CAFE\u0301"].map((provider) => ({
      ...declared,
      provider,
    }));
    expect(rivalsIn(stack("dev", first as never), stack("prod", second as never)).rivals).toEqual([
      ["project/prod (crm)"],
      ["project/dev (crm)"],
    ]);
  });

  const { operation: _, ...undeclared } = declared;
  it.each<[string, InspectedRegistration]>([
    ["has another name", { ...declared, provider: "Other" }],
    ["is in another region", { ...declared, region: "nam" }],
    ["is in another account", { ...declared, account: "other" }],
    ["is no longer declared", { ...declared, operation: "delete" }],
    ["is in a named account whose client is not known", { ...registration, accountName: "acme" }],
    ["was only begun", { ...undeclared, interrupted: "creating" }],
  ])("are not found if one %s", (_case, other) => {
    expect(rivalsIn(stack("dev", declared), stack("prod", other))).toEqual({
      rivals: [],
      warnings: [],
    });
  });

  it("are a warning if an account is not known", () => {
    expect(rivalsIn(stack("dev", declared), stack("prod", registration))).toEqual({
      rivals: [],
      warnings: [
        '"Crm" in emea is declared by project/dev (crm) and project/prod (crm): in one account, they ' +
          "overwrite each other; set vcc:clientId in each configuration to find out",
      ],
    });
  });
});
