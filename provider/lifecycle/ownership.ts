import type { Account } from "../accounts/accounts";
import type { Region } from "../accounts/settings";
import { ConfigurationError } from "../errors";
import { nameKey } from "../vcc/provider-settings";
import { isOtherAccount } from "./decide";
import { accountFingerprint } from "./fingerprint";
import { type LocatedRegistration, registrationLabel } from "./state";

/** A name at VCC, which one registration has: unique within an account and region. */
export interface RegisteredName {
  /** Identifies the account. `undefined` with an access token, which identifies none. */
  account: string | undefined;
  /** The name of the account in the configuration. @default none */
  accountName?: string | undefined;
  region: Region;
  provider: string;
}

/** A resource that declares something. */
export interface Declarer {
  /** The same each time that the engine checks the resource. It may be a secret. */
  id: string;
  /** The name of the resource. Missing if the program ignores all changes. */
  resource?: string;
}

/**
 * Decides which names a delete must not reset. The engine deletes resources, but VCC knows only names. When the
 * engine deletes a resource, its name may already belong to another resource of the program.
 */
export interface Ownership {
  /**
   * Records that a resource of the program declares a name.
   *
   * @returns the problem if another resource has declared the name
   */
  declare(name: RegisteredName, declarer: Declarer): string | undefined;
  /** Records that a resource of the program declares a name that this `up` does not know. */
  declareUnknown(): void;
  /**
   * Records that a resource of the program declares a witness.
   *
   * @returns the problem if another resource has declared it
   */
  declareWitness(url: string, declarer: Declarer): string | undefined;
  /** A resource is about to register the name. */
  claim(name: RegisteredName): void;
  /** The name is about to be reset: its resource is deleted, or replaced by one of the same name. */
  release(name: RegisteredName): void;
  /** Whether the name may be reset, and not registered since. */
  isReleased(name: RegisteredName): boolean;
  /**
   * Returns why a delete must leave a registration unchanged. `undefined` if it may reset it.
   *
   * @throws ConfigurationError during a destroy with another account, and while a declared name is
   *   unknown: skipping the reset would lose the registration
   */
  reasonToKeep(outputs: LocatedRegistration, account: Account): string | undefined;
  /**
   * Returns why a delete leaves a registration unchanged if its account is no longer configured.
   *
   * @throws ConfigurationError during a destroy, as `reasonToKeep`
   */
  reasonToKeepWithoutAccount(outputs: LocatedRegistration): string;
}

/** What is known of a name in this operation. */
interface Owner {
  name: RegisteredName;
  /** The first resource that declares it. Missing until then. */
  declarer?: Declarer;
  isReleased: boolean;
}

export function createOwnership(): Ownership {
  const owners = new Map<string, Owner[]>();
  const witnesses = new Map<string, Declarer>();
  // During a destroy, the engine checks no declarations.
  let isDestroy = true;
  let hasUnknown = false;

  /** Those of a name, in an account that may be the same. */
  function ownersOf(name: RegisteredName): Owner[] {
    const candidates = owners.get(nameKey(name.region, name.provider)) ?? [];
    return candidates.filter((owner) => mayShareAccount(owner.name, name));
  }

  function ownerOf(name: RegisteredName): Owner {
    const key = nameKey(name.region, name.provider);
    const candidates = owners.get(key) ?? [];
    const found = candidates.find((owner) => isSameAccount(owner.name, name));
    if (found !== undefined) return found;
    const owner = { name, isReleased: false };
    owners.set(key, [...candidates, owner]);
    return owner;
  }

  return {
    declare(name, declarer) {
      isDestroy = false;
      const owner = ownerOf(name);
      const first = owner.declarer ?? declarer;
      if (first.id === declarer.id) {
        Object.assign(owner, { name, declarer });
        return undefined;
      }
      const other = nameOfResource(first);
      return owner.name.provider === name.provider
        ? `${other} already declares ${quote(name.provider)}; VCC keeps one registration per name`
        : `${other} declares ${quote(owner.name.provider)}, and ${quote(name.provider)} differs from that only by ` +
            "case or Unicode normalization: VCC may treat both as one name, and each would overwrite the other";
    },
    declareUnknown() {
      isDestroy = false;
      hasUnknown = true;
    },
    declareWitness(url, declarer) {
      const first = witnesses.get(url) ?? declarer;
      witnesses.set(url, first);
      return first.id === declarer.id
        ? undefined
        : `${nameOfResource(first)} has the same witness, which cannot tell their notifications apart: give each its own URL`;
    },
    claim(name) {
      ownerOf(name).isReleased = false;
    },
    release(name) {
      ownerOf(name).isReleased = true;
    },
    isReleased: (name) => ownersOf(name).some((owner) => owner.isReleased),
    reasonToKeep(outputs, account) {
      const { provider, region } = outputs;
      const connection = account.connection();
      if (connection.region !== region) {
        return `this account is in ${connection.region}; to reset the registration, declare and destroy it with an account in ${region}`;
      }
      if (
        isOtherAccount(
          outputs.accountFingerprint,
          accountFingerprint(account.id(), outputs.fingerprintKey),
        )
      ) {
        const reason = "another API client registered it, or this client through another URL";
        if (!isDestroy) {
          return `${reason}; to reset it, declare and destroy it with that client and URL`;
        }
        throw new ConfigurationError([
          `${registrationLabel(outputs)}: ${reason}. Destroy with that client and URL. If both clients belong ` +
            "to one account, run pulumi up first. To keep the registration, run pulumi state delete",
        ]);
      }
      const name = { account: account.key(), region, provider };
      const owner = ownersOf(name).find(({ isReleased }) => !isReleased);
      if (owner === undefined && hasUnknown) {
        throw new ConfigurationError([
          `${registrationLabel(outputs)} is not reset: another resource may declare it, whose name or account is ` +
            "unknown in this run. Run pulumi up again",
        ]);
      }
      if (owner === undefined) return undefined;
      return owner.name.provider === provider
        ? "this program declares it"
        : `this program declares ${quote(owner.name.provider)}, which VCC may treat as the same name`;
    },
    reasonToKeepWithoutAccount(outputs) {
      const reason = "its account is not configured";
      if (!isDestroy) {
        return `${reason}; to reset it, configure the account, then declare and destroy it`;
      }
      throw new ConfigurationError([
        `${registrationLabel(outputs)}: ${reason}. Configure the account (vcc:accounts or VCC_ACCOUNTS). ` +
          "To keep the registration, run pulumi state delete",
      ]);
    },
  };
}

/** Two access tokens may belong to one account; the names of their accounts differ. */
function isSameAccount(a: RegisteredName, b: RegisteredName): boolean {
  return a.account === b.account && (a.account !== undefined || a.accountName === b.accountName);
}

/** Whether two names may belong to one account. */
function mayShareAccount(a: RegisteredName, b: RegisteredName): boolean {
  return a.account === b.account || a.account === undefined || b.account === undefined;
}

function nameOfResource({ resource }: Declarer): string {
  return resource === undefined ? "another resource" : `the resource ${quote(resource)}`;
}

function quote(name: string): string {
  return JSON.stringify(name);
}
