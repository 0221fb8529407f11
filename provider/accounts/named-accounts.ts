import { isPlainObject } from "../plain-object";
import { suggestion } from "../suggestion";
import { type SettingName, settingNames } from "./settings";

/** The configuration that contains accounts by name: account → setting → value. */
export const accountsKey = "vcc:accounts";
/** The variable with the same content as JSON. */
export const accountsVariable = "VCC_ACCOUNTS";

/** Account → setting → text. */
export type NamedAccounts = ReadonlyMap<string, ReadonlyMap<SettingName, string>>;

/**
 * Parses the accounts of the configuration or of `VCC_ACCOUNTS`, which may contain secrets: problems
 * quote names only.
 *
 * @param source how problems name the text
 */
export function parseNamedAccounts(
  text: string,
  source: string,
): { accounts: NamedAccounts } | { problems: string[] } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text, withExactNumbers);
  } catch {
    return { problems: [`${source} is not valid JSON`] };
  }
  if (!isPlainObject(parsed)) {
    return { problems: [`${source} must be an object: account → setting → value`] };
  }
  const accounts = new Map<string, Map<SettingName, string>>();
  const problems: string[] = [];
  for (const [account, values] of Object.entries(parsed)) {
    const path = accountPath(account, source);
    if (account.trim() !== account || account === "") {
      problems.push(
        `${path}: the name of an account must not be empty or begin or end with whitespace`,
      );
    } else if (!isPlainObject(values)) {
      problems.push(`${path} must be an object of settings`);
    } else {
      const settings = new Map<SettingName, string>();
      for (const [key, value] of Object.entries(values)) {
        const name = settingNames.find((candidate) => candidate === key);
        if (name === undefined) {
          const keyPath = accountPath(key, path);
          const removal =
            source === accountsKey
              ? ` (to remove it, run pulumi config rm --path '${keyPath}')`
              : "";
          problems.push(`${keyPath}: unknown setting${removal}; ${suggestion(key, settingNames)}`);
        } else if (typeof value !== "string") {
          problems.push(`${path}.${key} must be a string or a number`);
        } else {
          settings.set(name, value);
        }
      }
      accounts.set(account, settings);
    }
  }
  return problems.length > 0 ? { problems } : { accounts };
}

/** The path of an account, or of a key in another path, as `pulumi config set --path` takes it. */
export function accountPath(name: string, parent = accountsKey): string {
  return /^[\w-]+$/.test(name) ? `${parent}.${name}` : `${parent}[${JSON.stringify(name)}]`;
}

/**
 * `pulumi config set --path` stores `1234` as a number. Its text keeps every digit, while a number
 * of JavaScript has 53 bits.
 */
function withExactNumbers(_key: string, value: unknown, context?: { source: string }): unknown {
  return typeof value === "number" ? (context?.source ?? String(value)) : value;
}
