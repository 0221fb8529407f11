import type { Command } from "./measurement.mts";
import type { Server } from "./server.mts";
import type { Workload } from "./workload.mts";

/**
 * The measured operations, in this order. `preview`, `noop` and `edit` run without changes of the
 * registrations; `edit` runs a program whose text has changed.
 */
export const operations = ["up", "preview", "noop", "edit", "rotate"] as const;
export type Operation = (typeof operations)[number];

/** A candidate's program in its own directory, ready to run against a server. */
export interface Project {
  /** Starts over with an empty state and declares this workload. This is not measured. */
  prepare(workload: Workload): Promise<void>;
  /** Declares this workload instead, and keeps the state. */
  change(workload: Workload): Promise<void>;
  /** Changes the text of the program, and nothing that it declares. */
  edit(): void;
  command(operation: Operation): Command;
  /** An unchanged `up` with the engine's log on standard error. Only Pulumi has one. */
  logCommand?(): Command;
  /** The command that reports drift. It runs while all registrations are in sync. Only pulumi-vcc has one. */
  driftReport?(): Command;
  state(): State;
}

export interface State {
  /** The state file, unmodified. */
  text: string;
  /** The same without the registrations. */
  textWithoutRegistrations: string;
  registrations: number;
}

/** An environment without the caller's accounts, stacks, proxies and Node.js options. */
export function cleanEnvironment(directory: string): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, HOME: directory, TMPDIR: directory };
}

export interface ProjectOptions {
  /** An empty directory in this clone, so that Node.js finds the clone's `node_modules`. */
  directory: string;
  server: Server;
}
