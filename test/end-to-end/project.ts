import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation";
import { type Emulator, startEmulator } from "../../emulator";
import { type Installation, install } from "../../tools/installation.mts";
import { recorded } from "../engine/recorded";
import { canary } from "./secrets";

const root = join(__dirname, "../..");

export interface Project {
  directory: string;
  stack: Stack;
  /** What all commands of the stack have printed so far. */
  output(): string;
  /** The files of the state, as one text. */
  state(): string;
  write(program: string): void;
  setEnvironment(environment: Record<string, string>): void;
  remove(): void;
}

interface ProjectOptions {
  /** Variables of every command, such as another backend. @default none */
  environment?: Record<string, string>;
  /** @default "dev" */
  stackName?: string;
}

/**
 * An empty user project, as `pulumi new` and `npm install` create it, with its own stack and
 * backend. Dependencies are links into this clone, since tests download nothing.
 */
export async function createProject(
  installation: Installation,
  { environment = {}, stackName = "dev" }: ProjectOptions = {},
): Promise<Project> {
  const directory = mkdtempSync(join(tmpdir(), "pulumi-vcc-project-"));
  const state = join(directory, "state");
  mkdirSync(state);
  mkdirSync(join(directory, "temporary"));
  writeFileSync(join(directory, "Pulumi.yaml"), "name: project\nruntime: nodejs\nmain: index.ts\n");
  writeFileSync(
    join(directory, "package.json"),
    JSON.stringify({ name: "project", dependencies: { "pulumi-vcc": "*", "@pulumi/pulumi": "*" } }),
  );
  writeFileSync(
    join(directory, "tsconfig.json"),
    JSON.stringify({
      // Checking types takes seconds of each command. Tests of the examples and the quick start do.
      compilerOptions: {
        target: "es2020",
        module: "nodenext",
        // With `noCheck`, the oldest SDK needs it.
        moduleResolution: "nodenext",
        noCheck: true,
      },
    }),
  );
  install(directory, installation);

  const stack = await LocalWorkspace.createStack(
    { stackName, workDir: directory },
    {
      envVars: {
        // Without metadata=skip, the backend writes a file of attributes beside the state, and not
        // atomically: a kill in between leaves a state that no command can load.
        PULUMI_BACKEND_URL: `file://${state}?metadata=skip`,
        PULUMI_CONFIG_PASSPHRASE: canary("passphrase"),
        PULUMI_HOME: join(directory, "home"),
        TMPDIR: join(directory, "temporary"),
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        ...environment,
      },
    },
  );
  const baseEnvironment = { ...stack.workspace.envVars };
  const { output } = recorded(stack);
  return {
    directory,
    stack,
    output,
    state: () => textOf(state),
    write: (program) => writeFileSync(join(directory, "index.ts"), program),
    setEnvironment(environment) {
      stack.workspace.envVars = { ...baseEnvironment, ...environment };
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** A project and its emulator, new for each test. */
export interface Scene {
  project: Project;
  emulator: Emulator;
  /** What the emulator accepts; the project has them in its environment. */
  credentials: { clientId: string; clientSecret: string };
}

/** Call it in a `describe`. Its tests can use the fixture. */
export function sceneWith(installation: Installation): Scene {
  const credentials = { clientId: "id", clientSecret: canary("client") };
  const scene = { credentials } as Scene;
  beforeEach(async () => {
    scene.emulator = await startEmulator(credentials);
    scene.project = await createProject(installation);
    scene.project.setEnvironment(environmentOf(scene.emulator, credentials));
  });
  afterEach(async () => {
    await scene.emulator.close();
    scene.project?.remove();
  });
  return scene;
}

/** The registration that remains after a destroy. */
export const leastPowerful = (provider: string) => ({
  provider,
  agentactionspermitted: { release: 1, hold: 0, transferToAgent: 0, transferToRoute: 0 },
});

/**
 * The environment variables for an emulator. Without credentials, they are sufficient for a preview.
 */
export function environmentOf(
  { apiUrl, authUrl }: Pick<Emulator, "apiUrl" | "authUrl">,
  credentials?: { clientId: string; clientSecret: string },
): Record<string, string> {
  return {
    VCC_REGION: "emea",
    VCC_API_URL: apiUrl,
    VCC_AUTH_URL: authUrl,
    ...(credentials && {
      VCC_CLIENT_ID: credentials.clientId,
      VCC_CLIENT_SECRET: credentials.clientSecret,
    }),
  };
}

export function example(name: string): string {
  return readFileSync(join(root, "examples", name), "utf8");
}

/** All files below a directory. */
export function textOf(directory: string): string {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"))
    .join("\n");
}
