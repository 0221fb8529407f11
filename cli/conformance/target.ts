import { type Connection, loadConnection } from "../../provider/config/connection";
import { type Credentials, loadCredentials } from "../../provider/config/credentials";
import {
  accountSources,
  type Configuration,
  loadNamedAccounts,
  stackSources,
} from "../../provider/config/setting-sources";

/** The account to ask. */
export interface Target {
  connection: Connection;
  credentials: Credentials;
  /** How messages name the setting of the certificate file. */
  caFileLabel: string;
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
    caFileLabel: sources.label("caFile"),
  };
}
