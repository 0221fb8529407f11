import { nameKey } from "../../../provider/vcc/provider-settings";
import type { Inspection } from "../inspection/inspect";
import type { InspectedRegistration } from "../inspection/registrations";

interface Declaration {
  inspection: Inspection;
  registration: InspectedRegistration;
}

/**
 * Finds names that several resources declare in one account: each overwrites the others at VCC.
 *
 * @returns the other declarations, like `project/dev (crm)`, and a warning for each name that is
 *   declared twice in a region, if the accounts are unknown
 */
export function findRivals(inspections: Inspection[]): {
  rivalsOf: ReadonlyMap<InspectedRegistration, string[]>;
  warnings: string[];
} {
  const declarations = inspections.flatMap((inspection) =>
    inspection.registrations
      .filter(({ operation, unreached }) => operation !== "delete" && (operation || unreached))
      .map((registration) => ({ inspection, registration })),
  );
  const byName = Map.groupBy(declarations, ({ registration: { region, provider } }) =>
    region === undefined || provider === undefined ? undefined : nameKey(region, provider),
  );
  byName.delete(undefined);
  const shared = [...byName.values()].filter(({ length }) => length > 1);
  const rivalsOf = new Map<InspectedRegistration, string[]>();
  const warnings: string[] = [];
  for (const declarationsOfName of shared) {
    const byAccount = Map.groupBy(declarationsOfName, accountKeyOf);
    for (const [account, rivals] of byAccount) {
      if (account === undefined) continue;
      for (const { registration } of rivals) {
        const others = rivals.filter((other) => other.registration !== registration);
        if (others.length > 0) rivalsOf.set(registration, others.map(describe));
      }
    }
    if (byAccount.has(undefined)) warnings.push(warning(declarationsOfName));
  }
  return { rivalsOf, warnings };
}

/** If its client is unknown, an account is identified by its name in the project. */
function accountKeyOf({ inspection, registration }: Declaration): string | undefined {
  const { account, accountName } = registration;
  if (account !== undefined || accountName === undefined) return account;
  return JSON.stringify([inspection.project, accountName]);
}

function warning(declarations: Declaration[]): string {
  const { provider, region } = declarations[0]?.registration ?? {};
  return (
    `${JSON.stringify(provider)} in ${region} is declared by ${declarations.map(describe).join(" and ")}: ` +
    "in one account, they overwrite each other; set vcc:clientId in each configuration to find out"
  );
}

function describe({ inspection, registration }: Declaration): string {
  return `${inspection.project}/${inspection.stack} (${registration.resource})`;
}
