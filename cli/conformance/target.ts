import { type AccountConnection, loadConnection } from "../../provider/accounts/connection";
import { loadCredentials } from "../../provider/accounts/credentials";
import {
  accountSources,
  type Configuration,
  loadNamedAccounts,
  stackSources,
} from "../../provider/accounts/setting-sources";
import type { Credentials } from "../../provider/vcc/token";

/** The account to ask. */
export interface Target {
  connection: AccountConnection;
  credentials: Credentials;
}

/** @throws ConfigurationError */
export function loadTarget(
  account: string | undefined,
  configuration: Configuration = () => undefined,
): Target {
  const { env } = process;
  const flat = stackSources(configuration, env);
  const sources =
    account === undefined
      ? flat
      : accountSources(account, loadNamedAccounts(configuration, env), flat);
  return {
    connection: loadConnection(sources),
    credentials: loadCredentials(sources),
  };
}
