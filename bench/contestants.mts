import type { PulumiCli } from "../tools/pulumi-cli.mts";
import { createOpenTofuProject } from "./opentofu-project.mts";
import type { Peers } from "./peers.mts";
import type { Project, ProjectOptions } from "./project.mts";
import { createPulumiProject } from "./pulumi-project.mts";

export interface Contestant {
  /** In the JSON, and after `--only`. A way of running it has a suffix. */
  name: string;
  /** In the table, as Markdown. */
  title: string;
  /** False for what sends nothing at all. */
  registers: boolean;
  createProject(options: ProjectOptions): Project;
}

export interface Engines {
  cli: PulumiCli | undefined;
  peers: Peers | undefined;
}

export const contestantNames = ["vcc", "handwritten", "floor", "restapi"] as const;
export type ContestantName = (typeof contestantNames)[number];

/** The suffix of those that run with `PULUMI_SKIP_CHECKPOINTS=true`. */
export const skipping = "-skip-checkpoints";

const pulumiPrograms = [
  { name: "vcc", title: "**pulumi-vcc**", program: "vcc.ts", registers: true },
  {
    name: "handwritten",
    title: "hand-written `dynamic.Resource`",
    program: "handwritten.ts",
    registers: true,
  },
  { name: "floor", title: "the engine's floor", program: "floor.ts", registers: false },
] as const;

/** In the order of `contestantNames`; those of Pulumi once as they are, once with checkpoints skipped. */
export function createContestants(only: readonly ContestantName[], engines: Engines): Contestant[] {
  const { cli, peers } = engines;
  const contestants: Contestant[] = [];
  for (const { name, title, program, registers } of pulumiPrograms) {
    if (cli === undefined || !only.includes(name)) continue;
    for (const skipCheckpoints of [false, true]) {
      contestants.push({
        name: skipCheckpoints ? name + skipping : name,
        title: skipCheckpoints ? `${title}, checkpoints skipped` : title,
        registers,
        createProject: (options) =>
          createPulumiProject({ ...options, cli, program, skipCheckpoints }),
      });
    }
  }
  if (peers !== undefined && only.includes("restapi")) {
    contestants.push({
      name: "restapi",
      title: "OpenTofu with restapi ¹",
      registers: true,
      createProject: (options) => createOpenTofuProject({ ...options, peers }),
    });
  }
  return contestants;
}
