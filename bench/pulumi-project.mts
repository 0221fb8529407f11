import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Operation, Project, ProjectOptions } from "./project.mts";
import { createPulumiDirectory, type Origin, type PulumiEngine } from "./pulumi-directory.mts";
import { clientSecret, type Workload } from "./workload.mts";

export interface PulumiOptions extends ProjectOptions {
  engine: PulumiEngine;
  /** The name of a file in `programs/`. */
  program: string;
  origin: Origin;
  skipCheckpoints: boolean;
  /** Whether the program uses pulumi-vcc, so that `pulumi-vcc drift` can report on it. */
  reportsDrift: boolean;
}

const stack = "dev";
const commands: Record<Operation, string[]> = {
  up: ["up", "--yes", "--skip-preview"],
  preview: ["preview", "--expect-no-changes"],
  noop: ["up", "--yes", "--skip-preview", "--expect-no-changes"],
  edit: ["up", "--yes", "--skip-preview", "--expect-no-changes"],
  rotate: ["up", "--yes", "--skip-preview"],
};

export function createPulumiProject(options: PulumiOptions): Project {
  const { directory, server, engine, program, origin, skipCheckpoints, reportsDrift } = options;
  const environment = {
    ...(skipCheckpoints && { PULUMI_SKIP_CHECKPOINTS: "true" }),
    VCC_REGION: "emea",
    VCC_CLIENT_ID: server.clientId,
    VCC_CLIENT_SECRET: clientSecret,
    VCC_API_URL: server.apiUrl,
    VCC_AUTH_URL: server.authUrl,
  };
  const pulumi = createPulumiDirectory(directory, program, engine, { origin, environment });
  const configure = ({ count, callbackToken, apiKey }: Workload) =>
    pulumi.run(
      ...["config", "set-all", "--plaintext", `count=${count}`],
      ...["--secret", `callbackToken=${callbackToken}`, "--secret", `apiKey=${apiKey}`],
    );

  return {
    async prepare(workload) {
      await pulumi.clear(stack);
      await pulumi.run("stack", "init", stack);
      await configure(workload);
    },
    change: configure,
    edit: () => appendFileSync(join(directory, "index.ts"), "// edited\n"),
    command: (operation) => pulumi.command(...commands[operation]),
    logCommand: () => pulumi.command(...commands.noop, "--logtostderr", "--verbose=9"),
    ...(reportsDrift && {
      driftReport: () => ({
        program: process.execPath,
        args: ["node_modules/pulumi-vcc/dist/cli/main.js", "drift", "--stack", stack],
        cwd: directory,
        env: pulumi.env,
      }),
    }),
    state() {
      const text = readFileSync(pulumi.stateFile(stack), "utf8");
      const state = JSON.parse(text);
      const { latest } = state.checkpoint;
      const resources: Array<{ type: string }> = latest.resources;
      latest.resources = resources.filter(({ type }) => !type.startsWith("pulumi-nodejs:dynamic"));
      return {
        text,
        textWithoutRegistrations: JSON.stringify(state),
        registrations: resources.length - latest.resources.length,
      };
    },
  };
}
