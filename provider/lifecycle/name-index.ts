import { mayShareAccount, type RegisteredName } from "./registered-name";

/** Finds names by region and lower-case form: with thousands of names, each look-up must be fast. */
export interface NameIndex {
  add(name: RegisteredName): void;
  /** Whether it contains the name, in an account that may be the same. */
  has(name: RegisteredName): boolean;
  /** A name that differs only by case, in an account that may be the same. */
  caseVariantOf(name: RegisteredName): string | undefined;
}

export function createNameIndex(names: Iterable<RegisteredName> = []): NameIndex {
  const byKey = new Map<string, RegisteredName[]>();
  const keyOf = ({ region, provider }: RegisteredName) => `${region}/${provider.toLowerCase()}`;
  const similar = (name: RegisteredName) =>
    (byKey.get(keyOf(name)) ?? []).filter((other) => mayShareAccount(name, other));

  const index: NameIndex = {
    add(name) {
      const others = byKey.get(keyOf(name));
      if (others === undefined) byKey.set(keyOf(name), [name]);
      else others.push(name);
    },
    has: (name) => similar(name).some(({ provider }) => provider === name.provider),
    caseVariantOf: (name) =>
      similar(name).find(({ provider }) => provider !== name.provider)?.provider,
  };
  for (const name of names) index.add(name);
  return index;
}
