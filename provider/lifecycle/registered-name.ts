import type { Region } from "../contract/region";

/** A name at VCC, which one registration has: unique within an account and region. */
export interface RegisteredName {
  /** Identifies the account. `undefined` with an access token, which identifies none. */
  account: string | undefined;
  /** The name of the account in the configuration. @default none */
  accountName?: string | undefined;
  region: Region;
  provider: string;
}

/** Whether two names may belong to one account. */
export function mayShareAccount(a: RegisteredName, b: RegisteredName): boolean {
  return a.account === b.account || a.account === undefined || b.account === undefined;
}

/** VCC may treat such names as one registration. */
export function differOnlyByCase(a: string, b: string): boolean {
  return a !== b && a.toLowerCase() === b.toLowerCase();
}
