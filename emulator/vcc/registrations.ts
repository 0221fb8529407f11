import type { Behavior } from "../behavior";
import type { ProviderSettings } from "./provider-settings";
import type { StateFile } from "./state-file";

export interface Registrations {
  find(provider: string): ProviderSettings | undefined;
  /** Replaces the registration of the name as a whole. @throws if the state file cannot be written */
  put(settings: ProviderSettings): void;
  /** In the order of first registration. */
  all(): ProviderSettings[];
  clear(): void;
}

export function createRegistrations(
  behavior: Behavior,
  stateFile: StateFile | undefined,
  onChange: () => void,
): Registrations {
  let registrations = stateFile?.load() ?? [];
  // Detects a file that cannot be written before the first registration.
  stateFile?.save(registrations);

  const indexOf = (provider: string) =>
    registrations.findIndex((settings) => sameName(settings.provider, provider, behavior));

  /** Saves before it acknowledges: a registration that cannot be saved fails. */
  function replace(next: ProviderSettings[]) {
    stateFile?.save(next);
    registrations = next;
    onChange();
  }

  return {
    find: (provider) => registrations[indexOf(provider)],
    put(settings) {
      const index = indexOf(settings.provider);
      replace(index === -1 ? [...registrations, settings] : registrations.with(index, settings));
    },
    all: () => structuredClone(registrations),
    clear: () => replace([]),
  };
}

export function sameName(a: string, b: string, { nameCase }: Behavior): boolean {
  return a === b || (nameCase === "insensitive" && a.toLowerCase() === b.toLowerCase());
}
