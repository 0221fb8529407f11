import { readFileSync } from "node:fs";
import writeFileAtomic from "write-file-atomic";
import { type ProviderSettings, problemOfSettings } from "./provider-settings";

/** Stores registrations in a file, including their secrets in clear text. */
export interface StateFile {
  /** @throws Error that names the file, but does not quote its content */
  load(): ProviderSettings[];
  /** Replaces the file as a whole. Only its owner can read it. @throws as `load` */
  save(registrations: ProviderSettings[]): void;
}

/** Distinguishes a state file from other JSON. */
const format = "pulumi-vcc emulator 1";

export function createStateFile(path: string): StateFile {
  return {
    load() {
      let text: string;
      try {
        text = readFileSync(path, "utf8");
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === "ENOENT") return [];
        throw new Error(`the state file ${path} cannot be read (${code})`);
      }
      const registrations = registrationsIn(text);
      if (registrations !== undefined) return registrations;
      throw new Error(
        `${path} is not a state file of the emulator; choose another file, or delete this one`,
      );
    },
    save(registrations) {
      const text = `${JSON.stringify({ format, registrations }, undefined, 2)}\n`;
      try {
        writeFileAtomic.sync(path, text, { mode: 0o600 });
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        throw new Error(`the state file ${path} cannot be written (${code})`);
      }
    },
  };
}

function registrationsIn(text: string): ProviderSettings[] | undefined {
  try {
    const state = JSON.parse(text);
    const registrations: ProviderSettings[] = state.registrations;
    // Accepts everything that any behavior accepts.
    const lenient = { agentActions: "optional", httpEndpoints: "accept" } as const;
    const valid =
      state.format === format &&
      registrations.every((settings) => problemOfSettings(settings, lenient) === undefined) &&
      new Set(registrations.map(({ provider }) => provider)).size === registrations.length;
    return valid ? registrations : undefined;
  } catch {
    return undefined;
  }
}
