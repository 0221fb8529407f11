import { readFileSync } from "node:fs";
import writeFileAtomic from "write-file-atomic";
import * as z from "zod/mini";
import type { Behavior } from "../behavior";
import { parse } from "../schema";
import { type ProviderSettings, parseProviderSettings } from "./provider-settings";

export type Registrations = ReturnType<typeof createRegistrations>;

/** @throws Error that names the state file, but does not quote its content */
export function createRegistrations(
  behavior: Behavior,
  stateFile: string | undefined,
  onChange: () => void,
) {
  let registrations = stateFile === undefined ? [] : load(stateFile);
  let newestFirst = registrations.toReversed();
  // Detects a file that cannot be written before the first registration.
  if (stateFile !== undefined) save(stateFile, registrations);

  const indexOf = (provider: string) =>
    registrations.findIndex((settings) => sameName(settings.provider, provider, behavior));

  /** Saves before it acknowledges: a registration that cannot be saved fails. */
  function replace(next: ProviderSettings[]) {
    if (stateFile !== undefined) save(stateFile, next);
    registrations = next;
    onChange();
  }

  return {
    find: (provider: string): ProviderSettings | undefined => registrations[indexOf(provider)],
    /** Replaces the registration of the name as a whole. @throws if the state file cannot be written */
    put(settings: ProviderSettings): void {
      const index = indexOf(settings.provider);
      const former = registrations[index];
      replace(index === -1 ? [...registrations, settings] : registrations.with(index, settings));
      newestFirst = [settings, ...newestFirst.filter((other) => other !== former)];
    },
    /** In the order of first registration. */
    all: (): ProviderSettings[] => structuredClone(registrations),
    /** In the order of last registration. After a restart, in that of first registration. */
    newestFirst: (): ProviderSettings[] => structuredClone(newestFirst),
    clear(): void {
      replace([]);
      newestFirst = [];
    },
  };
}

export function sameName(a: string, b: string, { nameCase }: Behavior): boolean {
  return a === b || (nameCase === "insensitive" && a.toLowerCase() === b.toLowerCase());
}

/** Distinguishes a state file from other JSON. */
const format = "pulumi-vcc emulator 1";
const State = z.strictObject({ format: z.literal(format), registrations: z.array(z.unknown()) });

function load(path: string): ProviderSettings[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return [];
    throw new Error(`the state file ${path} cannot be read (${code})`);
  }
  try {
    const registrations = parse(State, JSON.parse(text)).registrations.map((settings) =>
      // Accepts everything that any behavior accepts.
      parseProviderSettings(settings, { agentActions: "optional", httpEndpoints: "accept" }),
    );
    const names = new Set(registrations.map(({ provider }) => provider));
    if (names.size === registrations.length) return registrations;
  } catch {
    // The message would quote the content.
  }
  throw new Error(
    `${path} is not a state file of the emulator; choose another file, or delete this one`,
  );
}

/** Replaces the file as a whole. Only its owner can read it. */
function save(path: string, registrations: ProviderSettings[]): void {
  const text = `${JSON.stringify({ format, registrations }, undefined, 2)}\n`;
  try {
    writeFileAtomic.sync(path, text, { mode: 0o600 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`the state file ${path} cannot be written (${code})`);
  }
}
