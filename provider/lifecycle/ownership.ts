import { ConfigurationError } from "../errors";
import type { Account } from "./accounts";
import { createDeclarations } from "./declarations";
import { createNameIndex } from "./name-index";
import type { RegisteredName } from "./registered-name";
import { isOtherAccount, type LocatedRegistration, registrationLabel } from "./state";

/**
 * Decides which names a delete must not reset. The engine deletes resources, while VCC knows only
 * names: a name may belong to another resource of the same program by the time its former resource
 * is deleted.
 */
export interface Ownership {
  /**
   * Records that a resource of the program declares a name.
   *
   * @param declarationId the same each time that the engine checks the same resource
   * @returns the problem if another resource has declared the name
   */
  declare(name: RegisteredName, declarationId: string): string | undefined;
  /** Returns a warning if another declared name differs from this one only by case. */
  caseWarning(name: RegisteredName): string | undefined;
  /**
   * Records that a resource holds a name: it is about to register it, or its registration is
   * unchanged.
   */
  claim(name: RegisteredName): void;
  /** A delete is about to reset the name. */
  release(name: RegisteredName): void;
  /** Whether a delete of this process may have reset the name. */
  isReleased(name: RegisteredName): boolean;
  /**
   * Returns why a delete must leave a registration unchanged. `undefined` if it may reset it.
   *
   * @throws ConfigurationError during a destroy with another account: skipping the reset would lose
   *   the registration
   */
  reasonToKeep(outputs: LocatedRegistration, account: Account): string | undefined;
  /**
   * Returns why a registration is kept whose account is no longer configured.
   *
   * @throws ConfigurationError during a destroy, as `reasonToKeep`
   */
  reasonToKeepWithoutAccount(outputs: LocatedRegistration): string;
}

export function createOwnership(): Ownership {
  const declarations = createDeclarations();
  const declared = createNameIndex();
  const claimed = createNameIndex();
  const released = createNameIndex();

  return {
    declare(name, declarationId) {
      const account = name.account ?? { name: name.accountName };
      const key = JSON.stringify([account, name.region, name.provider]);
      if (!declarations.has(key)) declared.add(name);
      const other = declarations.add(key, declarationId);
      return (
        other &&
        `${other} already declares ${quote(name.provider)}; VCC keeps one registration per name`
      );
    },
    caseWarning(name) {
      const variant = declared.caseVariantOf(name);
      return (
        variant &&
        `${quote(name.provider)} differs from ${quote(variant)} only by case: VCC may treat them as one registration`
      );
    },
    claim: claimed.add,
    release: released.add,
    isReleased: released.has,
    reasonToKeep(outputs, account) {
      const { provider, region } = outputs;
      const connection = account.connection();
      if (connection.region !== region) {
        return `this account is in ${connection.region}; to reset the registration, declare and destroy it with an account in ${region}`;
      }
      if (isOtherAccount(outputs.accountFingerprint, account.fingerprint(outputs.fingerprintKey))) {
        const reason = "another API client registered it, or this client through another URL";
        // During a destroy, the engine checks no declarations.
        if (!declarations.isEmpty()) {
          return `${reason}; to reset it, declare and destroy it with that client and URL`;
        }
        throw new ConfigurationError([
          `${registrationLabel(outputs)}: ${reason}. Destroy with that client and URL. If both clients belong ` +
            "to one account, run pulumi up first. To keep the registration, run pulumi state delete",
        ]);
      }
      const name = { account: account.id(), region, provider };
      if (declared.has(name) || claimed.has(name)) return "this program declares it";
      // A variant that is declared but not yet claimed replaces this name, which must be reset
      // first.
      const variant = claimed.caseVariantOf(name);
      return variant && `VCC may treat it as ${quote(variant)}, which this program declares`;
    },
    reasonToKeepWithoutAccount(outputs) {
      const reason = "its account is not configured";
      if (!declarations.isEmpty()) {
        return `${reason}; to reset it, configure the account, then declare and destroy it`;
      }
      throw new ConfigurationError([
        `${registrationLabel(outputs)}: ${reason}. Configure the account (vcc:accounts or VCC_ACCOUNTS). ` +
          "To keep the registration, run pulumi state delete",
      ]);
    },
  };
}

function quote(name: string): string {
  return JSON.stringify(name);
}
