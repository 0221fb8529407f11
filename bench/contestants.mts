import { createOpenTofuProject } from "./opentofu-project.mts";
import type { Peers } from "./peers.mts";
import type { Project, ProjectOptions } from "./project.mts";
import type { PulumiEngine } from "./pulumi-directory.mts";
import { createPulumiProject } from "./pulumi-project.mts";
import { isSelected, skipping } from "./selection.mts";

export interface Contestant {
  /** In the JSON, and after `--only`. A way of running it has a suffix. */
  name: string;
  /** In the table, as Markdown. */
  title: string;
  /** False for what sends nothing at all. */
  registers: boolean;
  createProject(options: ProjectOptions): Project;
}

/** What is there of what the contestants need. */
export interface Engines {
  pulumi?: PulumiEngine;
  peers?: Peers;
}

/** The program of each has its name, in `programs/`. */
const pulumiContestants = [
  { name: "vcc", title: "**pulumi-vcc**", registers: true },
  { name: "handwritten", title: "hand-written `dynamic.Resource`", registers: true },
  { name: "floor", title: "the engine's floor", registers: false },
];

/** Those of Pulumi once as they are, once with checkpoints skipped. */
export function createContestants(
  only: readonly string[],
  { pulumi, peers }: Engines,
): Contestant[] {
  const contestants: Contestant[] = [];
  if (pulumi !== undefined) {
    for (const { name, title, registers } of pulumiContestants) {
      const create = (skipCheckpoints: boolean) => (options: ProjectOptions) =>
        createPulumiProject({
          ...options,
          engine: pulumi,
          program: `${name}.ts`,
          skipCheckpoints,
          reportsDrift: name === "vcc",
        });
      contestants.push(
        { name, title, registers, createProject: create(false) },
        {
          name: name + skipping,
          title: `${title}, checkpoints skipped`,
          registers,
          createProject: create(true),
        },
      );
    }
  }
  if (peers !== undefined) {
    contestants.push({
      name: "restapi",
      title: "OpenTofu with restapi ¹",
      registers: true,
      createProject: (options) => createOpenTofuProject({ ...options, peers }),
    });
  }
  return contestants.filter(({ name }) => isSelected(name, only));
}
