import { createOpenTofuProject } from "./opentofu-project.mts";
import type { Project, ProjectOptions } from "./project.mts";
import { createPulumiProject } from "./pulumi-project.mts";

export interface Candidate {
  /** As Markdown. */
  title: string;
  /** Whether it sends nothing. @default false */
  idle?: boolean;
  /** Whether each registration is in an account of its own. @default false */
  inAccounts?: boolean;
  createProject(options: ProjectOptions): Project;
}

export const candidates: Record<string, Candidate> = {
  vcc: pulumi("**pulumi-vcc**", "vcc.ts"),
  handwritten: pulumi("hand-written `dynamic.Resource`", "handwritten.ts"),
  floor: { ...pulumi("no-op `dynamic.Resource`", "floor.ts"), idle: true },
  restapi: { title: "OpenTofu with restapi ¹", createProject: createOpenTofuProject },
  accounts: { ...pulumi("**pulumi-vcc**, named accounts", "named-accounts.ts"), inAccounts: true },
};

function pulumi(title: string, program: string): Candidate {
  return { title, createProject: (options) => createPulumiProject(program, options) };
}
