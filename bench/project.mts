import type { PulumiCli } from "../tools/pulumi-cli.mts";
import type { Command } from "./measurement.mts";
import type { Server } from "./server.mts";
import type { Workload } from "./workload.mts";

/** The measured operations, in this order. `preview` and `noop` run without changes. */
export const operations = ["up", "preview", "noop", "rotate"] as const;
export type Operation = (typeof operations)[number];

/** A candidate's program in its own directory. */
export interface Project {
  /** Starts with an empty state, and declares this workload for these accounts. */
  prepare(workload: Workload, servers: readonly Server[]): Promise<void>;
  /** Declares this workload instead, and keeps the state. */
  change(workload: Workload): Promise<void>;
  command(operation: Operation): Command;
  state(): State;
}

export interface State {
  /** The state file, unmodified. */
  text: string;
  /** The same without the registrations. */
  textWithoutRegistrations: string;
  registrations: number;
}

export interface ProjectOptions {
  /** An empty directory in this clone, so that Node.js finds the clone's `node_modules`. */
  directory: string;
  /** The packed package. */
  tarball: string;
  cli: PulumiCli | undefined;
  /** The directory that contains `tofu` and its provider. */
  openTofu: string | undefined;
}

/** An environment without the caller's accounts, stacks, proxies and Node.js options. */
export function cleanEnvironment(directory: string): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, HOME: directory, TMPDIR: directory };
}
