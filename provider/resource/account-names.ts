import * as pulumi from "@pulumi/pulumi";
import { accountsKey, accountsVariable, parseNamedAccounts } from "../accounts/named-accounts";
import { runError } from "./run-error";

/**
 * Returns the names of all accounts that the stack's configuration (`vcc:accounts`) and the
 * environment (`VCC_ACCOUNTS`) contain, sorted. It returns no setting of an account, so that no secret
 * becomes a value of the program.
 *
 * @throws RunError if the accounts are invalid, or `VCC_ACCOUNTS` is set and empty while there is no
 *   other account; the message quotes names only
 *
 * @example
 * import { accountNames, VccProvider } from "pulumi-vcc";
 *
 * for (const account of accountNames()) {
 *   new VccProvider(account, { account, provider: "CrmIntegration", agentActionsPermitted: {} });
 * }
 */
export function accountNames(): string[] {
  // `Config.getObject` would warn that the value contains secrets.
  const places = [
    [pulumi.runtime.getConfig(accountsKey), accountsKey],
    [process.env[accountsVariable], accountsVariable],
  ] as const;
  const names = places.flatMap(([text, source]) => {
    if (!text) return [];
    const result = parseNamedAccounts(text, source);
    if ("problems" in result) throw runError(result.problems.join("; "));
    return [...result.accounts.keys()];
  });
  if (names.length === 0 && process.env[accountsVariable] === "") {
    // An unset secret in CI arrives as an empty text. A loop over no account would delete everything.
    throw runError(`${accountsVariable} is empty, and ${accountsKey} has no account`);
  }
  return [...new Set(names)].sort();
}
