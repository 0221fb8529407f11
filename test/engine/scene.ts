import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LocalWorkspace, type PulumiFn, type Stack } from "@pulumi/pulumi/automation";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../emulator";
import { environmentOf, textOf } from "../end-to-end/project";
import { canary } from "../end-to-end/secrets";
import { type AttachedProvider, startAttachedProvider } from "./provider";
import { recorded } from "./recorded";

/** A stack whose program is a function of the test, run by the real engine with a file backend. */
interface Project {
  directory: string;
  stack: Stack;
  /** The program of the next operations. */
  declare(program: PulumiFn): void;
  /** Replaces the environment of the next operations, except Pulumi's own variables. */
  setEnvironment(environment: Record<string, string>): void;
  /** What all operations have printed so far. */
  output(): string;
  /** The files of the state, its backups and its history, as one text. */
  state(): string;
}

/** A project and its emulator, new for each test. */
export interface Scene {
  project: Project;
  emulator: Emulator;
  /** What the emulator accepts; the project has them in its environment. */
  credentials: { clientId: string; clientSecret: string };
}

/**
 * Call it in a `describe`. Its tests can use the fixture, and take about a second for each operation.
 *
 * @param emulatorOptions is called before each test
 */
export function engineScene(emulatorOptions: () => EmulatorOptions = () => ({})): Scene {
  const credentials = { clientId: "id", clientSecret: canary("client") };
  const scene = { credentials } as Scene;
  let provider: AttachedProvider;
  beforeAll(async () => {
    provider = await startAttachedProvider();
  });
  afterAll(() => provider.close());
  beforeEach(async () => {
    scene.emulator = await startEmulator({ ...credentials, ...emulatorOptions() });
    scene.project = await createProject(provider);
    scene.project.setEnvironment(environmentOf(scene.emulator, credentials));
  });
  afterEach(async () => {
    await scene.emulator.close();
    if (scene.project) rmSync(scene.project.directory, { recursive: true, force: true });
  });
  return scene;
}

async function createProject(provider: AttachedProvider): Promise<Project> {
  const directory = mkdtempSync(join(tmpdir(), "pulumi-vcc-engine-"));
  const state = join(directory, "state");
  mkdirSync(state);
  const baseEnvironment = {
    PULUMI_BACKEND_URL: `file://${state}?metadata=skip`,
    PULUMI_CONFIG_PASSPHRASE: canary("passphrase"),
    PULUMI_HOME: join(directory, "home"),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    ...provider.environment,
  };
  const stack = await LocalWorkspace.createStack(
    { stackName: "dev", projectName: "project", program: async () => {} },
    { workDir: directory, envVars: baseEnvironment },
  );
  const { output, record } = recorded(stack, (run) =>
    provider.serve(stack.workspace.envVars, record, run),
  );
  return {
    directory,
    stack,
    output,
    declare(program) {
      stack.workspace.program = program;
    },
    setEnvironment(environment) {
      stack.workspace.envVars = { ...baseEnvironment, ...environment };
    },
    state: () => textOf(state),
  };
}
