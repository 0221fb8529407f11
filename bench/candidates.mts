import { createOpenTofuProject } from "./opentofu-project.mts";
import type { OpenTofuTools } from "./opentofu-tools.mts";
import type { Project, ProjectOptions } from "./project.mts";
import type { PulumiEngine } from "./pulumi-directory.mts";
import { createPulumiProject } from "./pulumi-project.mts";
import { isSelected, skipCheckpointsSuffix } from "./selection.mts";

export interface Candidate {
  /** The name in the JSON and for `--only`, with a suffix if checkpoints are skipped. */
  name: string;
  /** The label in the tables, as Markdown. */
  title: string;
  /** Whether it sends registrations. False for the baseline. */
  registers: boolean;
  createProject(options: ProjectOptions): Project;
}

/** The available engines. A candidate without its engine is not measured. */
export interface Engines {
  pulumi?: PulumiEngine;
  openTofu?: OpenTofuTools;
}

/** The program of each is `programs/<name>.ts`. */
const pulumiCandidates = [
  { name: "vcc", title: "**pulumi-vcc**", registers: true },
  { name: "handwritten", title: "hand-written `dynamic.Resource`", registers: true },
  { name: "floor", title: "no-op baseline", registers: false },
];

/**
 * Creates each Pulumi candidate twice, in a project of Pulumi's template: as is, and with checkpoints
 * skipped.
 */
export function createCandidates(
  only: readonly string[],
  { pulumi, openTofu }: Engines,
): Candidate[] {
  const candidates: Candidate[] = [];
  if (pulumi !== undefined) {
    for (const { name, title, registers } of pulumiCandidates) {
      const create = (skipCheckpoints: boolean) => (options: ProjectOptions) =>
        createPulumiProject({
          ...options,
          engine: pulumi,
          program: `${name}.ts`,
          origin: "template",
          skipCheckpoints,
          reportsDrift: name === "vcc",
        });
      candidates.push(
        { name, title, registers, createProject: create(false) },
        {
          name: name + skipCheckpointsSuffix,
          title: `${title}, checkpoints skipped`,
          registers,
          createProject: create(true),
        },
      );
    }
    candidates.push({
      name: "init",
      title: "**pulumi-vcc**, a project of `init`",
      registers: true,
      createProject: (options) =>
        createPulumiProject({
          ...options,
          engine: pulumi,
          program: "vcc.ts",
          origin: "init",
          skipCheckpoints: false,
          reportsDrift: false,
        }),
    });
  }
  if (openTofu !== undefined) {
    candidates.push({
      name: "restapi",
      title: "OpenTofu with restapi ¹",
      registers: true,
      createProject: (options) => createOpenTofuProject({ ...options, openTofu }),
    });
  }
  return candidates.filter(({ name }) => isSelected(name, only));
}
