import { mkdtempSync } from "node:fs";
import { dirname, join } from "node:path";
import { isDeepStrictEqual, stripVTControlCharacters } from "node:util";
import type { Emulator } from "pulumi-vcc/emulator";
import { runAsUser } from "../user-shell.mts";
import {
  type ManagerName,
  type PackageManager,
  packageManagers,
  programsOf,
} from "./package-managers.mts";
import { createProject, type Layout } from "./project.mts";

/** The first command that failed, if any, and its reason. */
export interface Outcome {
  /** "refused" is before anything was sent to VCC. */
  result: "works" | "refused" | "fails";
  command?: string;
  reason?: string;
}

export interface AttemptOptions {
  tarball: string;
  /** A client "id" with the secret "secret", and no registrations. */
  emulator: Emulator;
  /** Gets the project, and the user's settings and state. */
  directory: string;
  /** From `installationEnvironment`. */
  environment: Record<string, string>;
}

const registered = {
  provider: "CrmIntegration",
  endpoint: "https://crm.example.com/vcc",
  headers: { Authorization: "Bearer token" },
  agentactionspermitted: { release: 1, hold: 1, transferToAgent: 0, transferToRoute: 0 },
};
const reset = {
  provider: "CrmIntegration",
  agentactionspermitted: { release: 1, hold: 0, transferToAgent: 0, transferToRoute: 0 },
};

/** Installs the tarball, registers, finds nothing to do, inspects the stack and destroys it. */
export async function attempt(
  name: ManagerName,
  layout: Layout,
  { tarball, emulator, directory, environment }: AttemptOptions,
): Promise<Outcome> {
  const manager: PackageManager = packageManagers[name];
  const home = mkdtempSync(join(directory, `${name}-${layout}-`));
  const root = join(home, "acme");
  const project = createProject(root, manager, layout, tarball);
  const user = {
    home,
    programs: [...programsOf(manager), dirname(process.execPath)],
    environment: {
      ...environment,
      PULUMI_CONFIG_PASSPHRASE: "passphrase",
      VCC_CLIENT_ID: "id",
      VCC_CLIENT_SECRET: "secret",
      VCC_API_URL: emulator.apiUrl,
      VCC_AUTH_URL: emulator.authUrl,
    },
  };
  const inspection = `${manager.pulumiVcc} drift`;
  const steps: Array<[command: string, directory: string, held: object[]]> = [
    [manager.install, root, []],
    ["pulumi stack init dev", project, []],
    [`${manager.pulumi} up`, project, [registered]],
    [`${manager.pulumi} up --skip-preview --expect-no-changes`, project, [registered]],
    [inspection, project, [registered]],
    [`${manager.pulumi} destroy --skip-preview`, project, [reset]],
  ];
  const outcome: Outcome = { result: "works" };
  for (const [command, directory, expected] of steps) {
    const { code, output } = await runAsUser(command, { ...user, directory });
    // Without the prototypes of Jest's own arrays.
    const held = structuredClone(emulator.registrations());
    const asExpected = isDeepStrictEqual(held, structuredClone(expected));
    if (code === 0 && asExpected) continue;
    const reason =
      code === 0 ? `VCC holds ${JSON.stringify(held)}` : reasonOf(output).replaceAll(root, "…");
    Object.assign(outcome, { command, reason });
    // The resource works without the command.
    if (command === inspection && asExpected) continue;
    return { ...outcome, result: held.length === 0 ? "refused" : "fails" };
  }
  return outcome;
}

/** The reason that a failed command gives: its first error that no other one explains. */
function reasonOf(output: string): string {
  const lines = stripVTControlCharacters(output)
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
  const errors = lines.flatMap((line) => /^(?:Usage )?error: (.*)$/i.exec(line)?.[1] ?? []);
  const consequences = /^(error reading from server: EOF|(preview|update) failed)$/;
  return errors.find((error) => !consequences.test(error)) ?? lines.at(-1) ?? "no output";
}
