import { rmSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Emulator } from "pulumi-vcc/emulator";
import type { PackageManager } from "../package-managers.mts";
import { runAsUser } from "../user-shell.mts";
import type { Project } from "./project.mts";
import { sentenceOf } from "./sentence.mts";

/**
 * What happened in a project. "Refused" is before anything was sent to VCC, with a sentence that says why; what
 * else does not work "fails".
 */
export interface Outcome {
  result: "works" | "refused" | "fails";
  /** The command that did not work, and why. If the project works nevertheless, that of `pulumi-vcc`. */
  problem?: { command: string; sentence: string };
}

export interface AttemptOptions {
  manager: Pick<PackageManager, "pulumi" | "pulumiVcc">;
  emulator: Emulator;
  /** A directory for the state and the user's settings. */
  home: string;
  /** Directories at the front of the `PATH`: the package manager, Pulumi and Node.js. */
  programs: readonly string[];
  environment: Record<string, string>;
  /** Leaves out the preview, the second update and `pulumi-vcc`. @default false */
  briefly?: boolean;
}

const registration = {
  provider: "CrmIntegration",
  endpoint: "https://crm.example.com/vcc",
  headers: { Authorization: "Bearer token", "X-Tenant": "acme" },
  agentactionspermitted: { release: 1, hold: 1, transferToAgent: 0, transferToRoute: 0 },
};
const afterDestroy = {
  provider: "CrmIntegration",
  agentactionspermitted: { release: 1, hold: 0, transferToAgent: 0, transferToRoute: 0 },
};

/**
 * Registers with an emulator as a user does, finds nothing to do, inspects the stack and destroys it.
 *
 * @param emulator has the client "id" with the secret "secret"
 */
export async function attempt(
  project: Project,
  { manager, emulator, home, programs, environment, briefly = false }: AttemptOptions,
): Promise<Outcome> {
  const user = {
    directory: project.directory,
    home,
    programs,
    input: "token",
    environment: {
      ...environment,
      PULUMI_CONFIG_PASSPHRASE: "passphrase",
      VCC_CLIENT_ID: "id",
      VCC_CLIENT_SECRET: "secret",
      VCC_API_URL: emulator.apiUrl,
      VCC_AUTH_URL: emulator.authUrl,
    },
  };
  const { pulumi, pulumiVcc } = manager;
  const prepare = "pulumi stack init dev\npulumi config set --secret callbackToken";
  const inspect = `${pulumiVcc} drift`;
  const steps = [
    { command: prepare, holds: [] },
    { command: `${pulumi} up`, holds: [registration] },
    { command: `${pulumi} up --skip-preview --expect-no-changes`, holds: [registration] },
    { command: inspect, holds: [registration] },
    { command: `${pulumi} destroy --skip-preview`, holds: [afterDestroy] },
  ];
  const briefSteps = [
    { command: prepare, holds: [] },
    { command: `${pulumi} up --skip-preview`, holds: [registration] },
    { command: `${pulumi} destroy --skip-preview`, holds: [afterDestroy] },
  ];
  const outcome: Outcome = { result: "works" };
  rmSync(join(project.directory, "Pulumi.dev.yaml"), { force: true });
  for (const { command, holds } of briefly ? briefSteps : steps) {
    const { code, output } = await runAsUser(command, user);
    const held = emulator.registrations();
    if (code !== 0) {
      outcome.problem = { command, sentence: sentenceOf(output, [project.root, ...programs]) };
      if (command === inspect) continue;
      const isPreview = held.length === 0 && !output.includes("Updating (");
      return { ...outcome, result: isPreview ? "refused" : "fails" };
    }
    // Without the prototypes of Jest's own arrays.
    if (!isDeepStrictEqual(structuredClone(held), structuredClone(holds))) {
      const sentence = `The emulator holds ${JSON.stringify(held)}.`;
      return { result: "fails", problem: { command, sentence } };
    }
  }
  return outcome;
}
