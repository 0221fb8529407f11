import type { Behaviour } from "./behaviour";
import type { ProviderSettings } from "./provider-settings";

export interface Registrations {
  find(provider: string): ProviderSettings | undefined;
  /** Replaces what is registered under the name, as a whole. */
  put(settings: ProviderSettings): void;
  /** In the order of first registration. */
  all(): ProviderSettings[];
  clear(): void;
}

export function createRegistrations(behaviour: Behaviour): Registrations {
  let registrations: ProviderSettings[] = [];

  const indexOf = (provider: string) =>
    registrations.findIndex((settings) => sameName(settings.provider, provider, behaviour));

  return {
    find: (provider) => registrations[indexOf(provider)],
    put(settings) {
      const index = indexOf(settings.provider);
      registrations =
        index === -1 ? [...registrations, settings] : registrations.with(index, settings);
    },
    all: () => structuredClone(registrations),
    clear() {
      registrations = [];
    },
  };
}

export function sameName(a: string, b: string, { nameCase }: Behaviour): boolean {
  return a === b || (nameCase === "insensitive" && a.toLowerCase() === b.toLowerCase());
}
