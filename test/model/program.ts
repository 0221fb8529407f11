import type { ProviderSettings } from "../../emulator";

// The programs of the model: registrations in accounts of three API clients and two regions.

export const clients = ["client-1", "client-2", "client-3"] as const;
type Client = (typeof clients)[number];
export const regions = ["emea", "nam"] as const;
export type Region = (typeof regions)[number];

/** The names that accounts may have in `VCC_ACCOUNTS`. */
export const configurableNames = ["acme", "globex", "initech", "umbrella"] as const;
type ConfigurableName = (typeof configurableNames)[number];
export const accountNames = ["default", ...configurableNames] as const;
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
  accounts: Readonly<
    Record<"default", AccountSettings> & Partial<Record<ConfigurableName, AccountSettings>>
  >;
  /** By the name of the resource, in the order of the program. */
  resources: Readonly<Record<string, Declaration>>;
}

export const emptyProgram: Program = {
  accounts: {
    default: { client: "client-1", region: "emea" },
    // The same account at VCC as `default`.
    acme: { client: "client-1", region: "emea" },
    globex: { client: "client-2", region: "emea" },
    initech: { client: "client-3", region: "nam" },
  },
  resources: {},
};

/** A change to the program. `index` is that of a resource, among those that there are. */
export type Edit =
  | { edit: "declare"; resource: string; declaration: Declaration; first: boolean }
  | { edit: "remove"; index: number }
  | { edit: "rename resource"; index: number; to: string }
  | { edit: "rename provider"; index: number; to: string }
  | { edit: "swap names"; index: number; with: number }
  | { edit: "change case"; index: number }
  | { edit: "rotate header"; index: number; version: number }
  | { edit: "change permissions"; index: number }
  | { edit: "move to account"; index: number; to: AccountName }
  | { edit: "swap accounts"; index: number; with: number }
  | { edit: "ignore headers"; index: number }
  | { edit: "retain on delete"; index: number }
  | { edit: "move account to region"; account: AccountName; to: Region }
  | { edit: "change client of account"; account: AccountName; to: Client }
  | { edit: "add account"; account: ConfigurableName; settings: AccountSettings }
  /** Configures it, or changes it in place, so that both are one account at VCC. */
  | { edit: "equate account"; account: ConfigurableName; with: AccountName }
  /** If `to` is configured, the two accounts swap their names. */
  | { edit: "rename account"; account: ConfigurableName; to: ConfigurableName }
  /** Its registrations are removed from the program, or move. */
  | { edit: "remove account"; account: ConfigurableName; to: AccountName | undefined };

/**
 * `undefined` if the edit changes nothing, or makes a program that declares a name twice or uses an
 * account that is not configured.
 */
export function applyEdit(program: Program, edit: Edit): Program | undefined {
  const next = edited(program, edit);
  if (next === undefined || JSON.stringify(next) === JSON.stringify(program)) return undefined;
  const declarations = Object.values(next.resources);
  if (declarations.some(({ account }) => next.accounts[account] === undefined)) return undefined;
  const places = declarations.map(({ account, provider }) =>
    placeOf(accountOf(next, account), provider.normalize("NFC").toLowerCase()),
  );
  return new Set(places).size === places.length ? next : undefined;
}

function edited(program: Program, edit: Edit): Program | undefined {
  const { accounts, resources } = program;
  switch (edit.edit) {
    case "declare":
      if (edit.resource in resources) return undefined;
      return {
        accounts,
        resources: edit.first
          ? { [edit.resource]: edit.declaration, ...resources }
          : { ...resources, [edit.resource]: edit.declaration },
      };
    case "move account to region":
      return withAccount(program, edit.account, { region: edit.to });
    case "change client of account":
      return withAccount(program, edit.account, { client: edit.to });
    case "add account":
      if (accounts[edit.account] !== undefined) return undefined;
      return { accounts: { ...accounts, [edit.account]: edit.settings }, resources };
    case "equate account": {
      const account = accounts[edit.with];
      return account && { accounts: { ...accounts, [edit.account]: account }, resources };
    }
    case "rename account":
      return withRenamedAccount(program, edit.account, edit.to);
    case "remove account": {
      const { [edit.account]: removed, ...others } = accounts;
      return { accounts: others, resources: withoutAccount(resources, edit.account, edit.to) };
    }
  }
  const [resource, declaration] = resourceAt(program, edit.index);
  if (resource === undefined || declaration === undefined) return undefined;
  const change = (changes: Partial<Declaration>) => withResource(program, resource, changes);
  switch (edit.edit) {
    case "remove": {
      const { [resource]: removed, ...rest } = resources;
      return { accounts, resources: rest };
    }
    case "rename resource": {
      if (edit.to in resources) return undefined;
      const renamed = Object.entries(resources).map(([name, value]) => [
        name === resource ? edit.to : name,
        value,
      ]);
      return { accounts, resources: Object.fromEntries(renamed) };
    }
    case "swap names": {
      const [other, { provider } = declaration] = resourceAt(program, edit.with);
      if (other === undefined) return undefined;
      return withResource(change({ provider }), other, { provider: declaration.provider });
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
    case "swap accounts": {
      const [other, { account } = declaration] = resourceAt(program, edit.with);
      if (other === undefined) return undefined;
      return withResource(change({ account }), other, { account: declaration.account });
    }
    case "ignore headers":
      return change({ ignoreHeaders: !declaration.ignoreHeaders });
    case "retain on delete":
      return change({ retainOnDelete: !declaration.retainOnDelete });
  }
}

function resourceAt({ resources }: Program, index: number): [string?, Declaration?] {
  const entries = Object.entries(resources);
  return entries[index % entries.length] ?? [];
}

function withAccount(
  { accounts, resources }: Program,
  name: AccountName,
  changes: Partial<AccountSettings>,
): Program | undefined {
  const account = accounts[name];
  return account && { accounts: { ...accounts, [name]: { ...account, ...changes } }, resources };
}

function withRenamedAccount(
  { accounts, resources }: Program,
  from: ConfigurableName,
  to: ConfigurableName,
): Program | undefined {
  const { [from]: renamed, [to]: other, ...others } = accounts;
  if (renamed === undefined || from === to) return undefined;
  const newNames: Partial<Record<AccountName, AccountName>> = { [from]: to, [to]: from };
  return {
    accounts: { ...others, [to]: renamed, ...(other !== undefined && { [from]: other }) },
    resources: Object.fromEntries(
      Object.entries(resources).map(([resource, declaration]) => {
        const { account } = declaration;
        return [resource, { ...declaration, account: newNames[account] ?? account }];
      }),
    ),
  };
}

function withoutAccount(
  resources: Program["resources"],
  account: ConfigurableName,
  to: AccountName | undefined,
): Program["resources"] {
  const entries = Object.entries(resources).flatMap(([resource, declaration]) => {
    if (declaration.account !== account) return [[resource, declaration] as const];
    return to === undefined ? [] : [[resource, { ...declaration, account: to }] as const];
  });
  return Object.fromEntries(entries);
}

function withResource(
  { accounts, resources }: Program,
  name: string,
  changes: Partial<Declaration>,
): Program {
  const declaration = resources[name];
  if (declaration === undefined) throw new Error(`no resource ${name}`);
  return { accounts, resources: { ...resources, [name]: { ...declaration, ...changes } } };
}

function titleCase(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1).toLowerCase();
}

/** Where VCC holds a name: names are unique within an account, which is in one region. */
export function placeOf({ client, region }: AccountSettings, provider: string): string {
  return `${client}/${region}/${provider}`;
}

export function accountOf({ accounts }: Program, name: AccountName): AccountSettings {
  const account = accounts[name];
  if (account === undefined) throw new Error(`the account ${name} is not configured`);
  return account;
}

/** The arguments of a `VccProvider`. */
export function argumentsOf({ account, provider, version, hold }: Declaration) {
  return {
    ...(account !== "default" && { account }),
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
