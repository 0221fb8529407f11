import type { RegistrationOutputs } from "../../provider/lifecycle/state";
import { descendantsOf, providerProcesses, signal, startEngine, until } from "../end-to-end/engine";
import type { Project } from "../end-to-end/project";
import type { Engine, Outcome, StateEntry } from "../model/engine";
import { describeOutputs } from "../model/model-engine";
import { argumentsOf, type Program } from "../model/program";
import { environmentOf } from "../model/provider-process";
import type { Kill, Operation } from "../model/step";
import type { Vcc } from "../model/vcc";

/** Slow enough to be killed in the middle. */
const latencyMs = 100;

export interface RealEngine extends Engine {
  /** Ends the hosts that were orphaned before their first call: they never load the package. */
  close(): void;
}

/** The real CLI, with programs of the model. */
export function createRealEngine(vcc: Vcc, project: Project): RealEngine {
  const orphans = new Set<number>();
  return {
    async run(operation, program) {
      project.write(textOf(program));
      project.setEnvironment({
        ...environmentOf(vcc, program),
        VCC_DEADLINE: "20s",
        VCC_MAX_CONCURRENCY: "1",
      });
      return operation.kill === undefined
        ? runToEnd(operation)
        : runUntilKilled(operation.run === "destroy" ? "destroy" : "up", operation.kill);
    },
    async state() {
      const { deployment } = await project.stack.exportStack();
      const resources: ExportedResource[] = deployment.resources ?? [];
      return resources
        .filter(({ type }) => type.endsWith(":VccProvider"))
        .map((resource) => describeResource(resource, vcc));
    },
    close() {
      for (const pid of orphans) if (providerProcesses([pid]).length > 0) signal(pid, "SIGKILL");
    },
  };

  async function runToEnd({ run, targets }: Operation): Promise<Outcome> {
    const options = targets === undefined ? {} : { target: targets.map(urnOf) };
    try {
      const { stdout } = await project.stack[run](options);
      return { error: undefined, crashed: false, output: stdout };
    } catch (error) {
      const { message } = error as Error;
      return { error: message, crashed: false, output: message };
    }
  }

  async function runUntilKilled(run: "up" | "destroy", kill: Kill): Promise<Outcome> {
    for (const emulator of vcc.all) emulator.behavior.latencyMs = latencyMs;
    const requests = () =>
      vcc.all
        .flatMap((emulator) => emulator.requests())
        .filter(({ path }) => path.endsWith("/Register")).length;
    const enough = requests() + kill.afterRequests;
    const engine = startEngine(project, run);
    let hasEnded = false;
    const ended = engine.ended.finally(() => {
      hasEnded = true;
    });
    const providers = () => providerProcesses(descendantsOf(engine.pid));
    await until(() => hasEnded || (providers().length > 0 && requests() >= enough));
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, kill.delayMs))]);
    const victims = {
      engine: [engine.pid],
      provider: providers(),
      both: [engine.pid, ...providers()],
    }[kill.victim];
    for (const pid of providers()) orphans.add(pid);
    const crashed = !hasEnded && victims.length > 0;
    if (crashed) for (const pid of victims) signal(pid, "SIGKILL");
    const code = await ended;
    // What had arrived by then takes effect. Whatever comes later does not belong to an operation.
    await new Promise((resolve) => setTimeout(resolve, 3 * latencyMs));
    for (const emulator of vcc.all) emulator.behavior.latencyMs = 0;
    if (crashed && kill.victim !== "provider") await project.stack.cancel();
    return {
      error: code === 0 ? undefined : `ended with ${code}`,
      crashed,
      output: engine.output(),
    };
  }
}

interface ExportedResource {
  type: string;
  urn: string;
  outputs: object;
  delete?: boolean;
  pendingReplacement?: boolean;
  initErrors?: string[];
  retainOnDelete?: boolean;
}

function describeResource(resource: ExportedResource, vcc: Vcc): StateEntry {
  const { initErrors = [], retainOnDelete = false } = resource;
  const outputs = withoutSecrets(resource.outputs) as RegistrationOutputs;
  return {
    ...describeOutputs(outputs, vcc),
    resource: resource.urn.split("::").at(-1) ?? "",
    drifted: initErrors.length > 0 || outputs.drift !== "none",
    replaced: resource.delete === true,
    deleted: resource.pendingReplacement === true,
    retainOnDelete,
  };
}

/** An exported secret is an object that contains its value as JSON. */
function withoutSecrets(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if ("plaintext" in value) return withoutSecrets(JSON.parse(String(value.plaintext)));
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, withoutSecrets(member)]),
  );
}

function urnOf(resource: string): string {
  return `urn:pulumi:dev::project::pulumi-nodejs:dynamic/vcc:VccProvider::${resource}`;
}

/** The source of a program. */
function textOf({ resources }: Program): string {
  return [
    'import { VccProvider } from "pulumi-vcc";',
    ...Object.entries(resources).map(([resource, declaration]) => {
      const { ignoreHeaders, retainOnDelete } = declaration;
      const options = [
        ...(ignoreHeaders ? ['ignoreChanges: ["headers"]'] : []),
        ...(retainOnDelete ? ["retainOnDelete: true"] : []),
      ];
      return `new VccProvider("${resource}", ${JSON.stringify(argumentsOf(declaration))}, { ${options.join(", ")} });`;
    }),
  ].join("\n");
}
