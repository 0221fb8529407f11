import { resourceOfDeclaration } from "../contract/declaration";
import type { Region } from "../contract/region";
import { ConfigurationError } from "../errors";
import type { Account } from "./account";
import type { OperationLog } from "./operation-log";
import { isOtherAccount, type RegistrationOutputs, registrationLabel } from "./state";

/**
 * Decides which names a delete must not reset. The engine deletes resources, while VCC knows only
 * names: a name may belong to another resource of the same program by the time that its former
 * resource is deleted.
 */
export interface Ownership {
  /**
   * A resource of the program declares a name.
   *
   * @param declarationId the same each time that the engine checks the same resource
   * @returns the problem if another resource has declared the name
   */
  declare(region: Region, name: string, declarationId: string): string | undefined;
  /** Returns a warning if another declared name differs from this one only by case. */
  caseWarning(region: Region, name: string): string | undefined;
  /** A resource has the name: it is about to register it, or it has not changed since. */
  claim(region: Region, name: string): Promise<void>;
  /**
   * Returns why a delete must leave a registration unchanged. `undefined` if it may reset it.
   *
   * @throws ConfigurationError during a destroy with another account: skipping the reset would lose
   *   the registration
   */
  reasonToKeep(outputs: RegistrationOutputs): Promise<string | undefined>;
}

export function createOwnership(account: Account, operationLog: OperationLog): Ownership {
  const declarationIds = new Map<string, string>();
  const declared = createNameIndex();
  const claimed = createNameIndex();

  return {
    declare(region, name, declarationId) {
      const key = `${region}/${name}`;
      const firstId = declarationIds.get(key) ?? declarationId;
      declarationIds.set(key, firstId);
      declared.add(region, name);
      if (firstId === declarationId) return undefined;
      const resource = resourceOfDeclaration(firstId);
      const other = resource === undefined ? "another resource" : `the resource ${quote(resource)}`;
      return `${other} already declares ${quote(name)}; a name is one registration at VCC`;
    },
    caseWarning(region, name) {
      const variant = declared.caseVariantOf(region, name);
      return (
        variant &&
        `${quote(name)} differs from ${quote(variant)} only by case: VCC may treat them as one registration`
      );
    },
    async claim(region, name) {
      claimed.add(region, name);
      await operationLog.record(region, name);
    },
    async reasonToKeep(outputs) {
      const { provider, region } = outputs;
      const connection = account.connection();
      if (connection.region !== region) {
        return `this account is in ${connection.region}; to reset it, declare and destroy it with an account in ${region}`;
      }
      if (isOtherAccount(outputs.accountFingerprint, account.fingerprint(outputs.fingerprintKey))) {
        const reason = "another API client registered it, or this client at another URL";
        // A destroy checks no declarations.
        if (declarationIds.size > 0) {
          return `${reason}; to reset it, declare and destroy it with that client and URL`;
        }
        throw new ConfigurationError([
          `${registrationLabel(outputs)}: ${reason}. Destroy with that client and URL. If both clients belong ` +
            "to one account, run pulumi up first. To keep the registration, run pulumi state delete",
        ]);
      }
      if (declared.has(region, provider) || claimed.has(region, provider)) {
        return "this program declares it";
      }
      // A variant that is declared but not yet claimed replaces this name, which must be reset
      // before.
      const variant = claimed.caseVariantOf(region, provider);
      if (variant !== undefined) {
        return `VCC may treat it as ${quote(variant)}, which this program declares`;
      }
      return (await operationLog.hasRecorded(region, provider))
        ? "another account object of this program has the name"
        : undefined;
    },
  };
}

export function differOnlyByCase(a: string, b: string): boolean {
  return a !== b && a.toLowerCase() === b.toLowerCase();
}

/** Indexes names by their lower-case form: with thousands of names, each look-up must be fast. */
function createNameIndex() {
  const variants = new Map<string, Set<string>>();
  const variantsOf = (region: Region, name: string) =>
    variants.get(`${region}/${name.toLowerCase()}`) ?? new Set<string>();
  return {
    add(region: Region, name: string) {
      variants.set(`${region}/${name.toLowerCase()}`, variantsOf(region, name).add(name));
    },
    has: (region: Region, name: string) => variantsOf(region, name).has(name),
    caseVariantOf: (region: Region, name: string) =>
      [...variantsOf(region, name)].find((other) => other !== name),
  };
}

function quote(name: string): string {
  return JSON.stringify(name);
}
