import type { ProviderSettings } from "../../emulator";

// The programs of the model: registrations in three accounts of two regions.

export const clients = ["client-1", "client-2", "client-3"] as const;
export type Client = (typeof clients)[number];
export const regions = ["emea", "nam"] as const;
export type Region = (typeof regions)[number];

/** `default` has the settings of the environment, the others are `VccAccount` objects. */
export const accountNames = ["default", "one", "two"] as const;
export type AccountName = (typeof accountNames)[number];

export interface AccountSettings {
  client: Client;
  region: Region;
}

export interface Declaration {
  account: AccountName;
  provider: string;
  /** Is in the value of a header. */
  version: number;
  hold: boolean;
  ignoreHeaders: boolean;
  retainOnDelete: boolean;
}

export interface Program {
  accounts: Readonly<Record<AccountName, AccountSettings>>;
  /** By the name of the resource, in the order of the program. */
  resources: Readonly<Record<string, Declaration>>;
}

export const emptyProgram: Program = {
  accounts: {
    default: { client: "client-1", region: "emea" },
    one: { client: "client-2", region: "emea" },
    two: { client: "client-3", region: "nam" },
  },
  resources: {},
};

/** A change to the program. */
export type Edit =
  | { edit: "declare"; resource: string; declaration: Declaration }
  | { edit: "remove"; resource: string }
  | { edit: "rename resource"; resource: string; to: string }
  | { edit: "rename provider"; resource: string; to: string }
  | { edit: "swap names"; resource: string; with: string }
  | { edit: "change case"; resource: string }
  | { edit: "rotate header"; resource: string; version: number }
  | { edit: "change permissions"; resource: string }
  | { edit: "move to account"; resource: string; to: AccountName }
  | { edit: "ignore headers"; resource: string }
  | { edit: "retain on delete"; resource: string }
  | { edit: "move account to region"; account: AccountName; to: Region }
  | { edit: "change client of account"; account: AccountName; to: Client };

/** `undefined` if the edit changes nothing, or makes a program that declares a name twice. */
export function applyEdit(program: Program, edit: Edit): Program | undefined {
  const edited =
    edit.edit.includes("account") && "account" in edit
      ? withAccount(program, edit)
      : withResource(program, edit);
  if (edited === undefined || JSON.stringify(edited) === JSON.stringify(program)) return undefined;
  const places = Object.values(edited.resources).map(({ account, provider }) =>
    placeOf(edited.accounts[account], provider.toLowerCase()),
  );
  return new Set(places).size === places.length ? edited : undefined;
}

function withAccount({ accounts, resources }: Program, edit: Edit): Program | undefined {
  switch (edit.edit) {
    case "move account to region":
      return {
        accounts: { ...accounts, [edit.account]: { ...accounts[edit.account], region: edit.to } },
        resources,
      };
    case "change client of account":
      return {
        accounts: { ...accounts, [edit.account]: { ...accounts[edit.account], client: edit.to } },
        resources,
      };
    default:
      return undefined;
  }
}

function withResource({ accounts, resources }: Program, edit: Edit): Program | undefined {
  if (!("resource" in edit)) return undefined;
  const { resource } = edit;
  const declaration = resources[resource];
  if (edit.edit === "declare") {
    if (declaration !== undefined) return undefined;
    return { accounts, resources: { ...resources, [resource]: edit.declaration } };
  }
  if (declaration === undefined) return undefined;
  const change = (changes: Partial<Declaration>): Program => ({
    accounts,
    resources: { ...resources, [resource]: { ...declaration, ...changes } },
  });
  switch (edit.edit) {
    case "remove": {
      const { [resource]: removed, ...rest } = resources;
      return { accounts, resources: rest };
    }
    case "rename resource":
      if (edit.to in resources) return undefined;
      return {
        accounts,
        resources: Object.fromEntries(
          Object.entries(resources).map(([name, value]) => [
            name === resource ? edit.to : name,
            value,
          ]),
        ),
      };
    case "swap names": {
      const other = resources[edit.with];
      if (other === undefined) return undefined;
      return {
        accounts,
        resources: {
          ...resources,
          [resource]: { ...declaration, provider: other.provider },
          [edit.with]: { ...other, provider: declaration.provider },
        },
      };
    }
    case "rename provider":
      return change({ provider: edit.to });
    case "change case": {
      const { provider } = declaration;
      const upper = provider.toUpperCase();
      return change({ provider: provider === upper ? titleCase(provider) : upper });
    }
    case "rotate header":
      return change({ version: edit.version });
    case "change permissions":
      return change({ hold: !declaration.hold });
    case "move to account":
      return change({ account: edit.to });
    case "ignore headers":
      return change({ ignoreHeaders: !declaration.ignoreHeaders });
    case "retain on delete":
      return change({ retainOnDelete: !declaration.retainOnDelete });
    default:
      return undefined;
  }
}

function titleCase(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1).toLowerCase();
}

/** Where VCC holds a name: names are unique within an account, which is in one region. */
export function placeOf({ client, region }: AccountSettings, provider: string): string {
  return `${client}/${region}/${provider}`;
}

/** The arguments of a `VccProvider`. */
export function argumentsOf({ provider, version, hold }: Declaration) {
  return {
    provider,
    endpoint: "https://crm.example.com/vcc",
    headers: { Authorization: `Bearer version-${version}` },
    agentActionsPermitted: { hold },
  };
}

/** What VCC then holds. */
export function settingsOf({ provider, version, hold }: Declaration): ProviderSettings {
  return {
    provider,
    endpoint: "https://crm.example.com/vcc",
    headers: { Authorization: `Bearer version-${version}` },
    agentactionspermitted: {
      release: 1,
      hold: hold ? 1 : 0,
      transferToAgent: 0,
      transferToRoute: 0,
    },
  };
}

export function isReset({ provider, ...settings }: ProviderSettings): boolean {
  return (
    JSON.stringify(settings) ===
    JSON.stringify({
      agentactionspermitted: { release: 1, hold: 0, transferToAgent: 0, transferToRoute: 0 },
    })
  );
}
