import type { Account } from "./account";
import type { Claims } from "./claims";
import type { EngineRun } from "./engine-run";
import { ConfigurationError } from "./errors";
import { isOtherAccount, nameOf, type RegistrationOutputs } from "./registration-state";

/**
 * Why a delete must leave a name as it is; nothing where it may reset it.
 *
 * @throws ConfigurationError in a destroy through another account, where leaving would be forgetting
 */
export async function reasonToLeave(
  props: RegistrationOutputs,
  { account, claims, engineRun }: { account: Account; claims: Claims; engineRun: EngineRun },
): Promise<string | undefined> {
  const { provider, region } = props;
  const connection = account.connection();
  if (connection.region !== region) {
    return `this account is in ${connection.region}; to reset it, declare and destroy it with an account in ${region}`;
  }
  if (isOtherAccount(props.accountFingerprint, account.fingerprint(props.fingerprintKey))) {
    const reason = "another API client, or another URL, registered it";
    if (claims.any()) return `${reason}; to reset it, declare and destroy it with that one`;
    // A destroy would forget it, for what may be a mistyped id.
    throw new ConfigurationError([
      `${nameOf(props)}: ${reason}. Destroy with that one; if both are of one account, run pulumi up ` +
        "before; to forget it as it is, pulumi state delete",
    ]);
  }
  const claimed = claims.reasonToLeave(region, provider);
  if (claimed !== undefined) return claimed;
  return (await engineRun.hasRegistered(region, provider))
    ? "another account object of this program has the name"
    : undefined;
}
