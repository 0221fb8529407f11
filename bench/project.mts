import type { Command } from "./measurement.mts";
import type { Server } from "./server.mts";
import type { Workload } from "./workload.mts";

/** What is measured, in this order. `preview` and `noop` find nothing to change. */
export const operations = ["up", "preview", "noop", "rotate"] as const;
export type Operation = (typeof operations)[number];

/** A contestant's program in a directory of its own, to be run against a server. */
export interface Project {
  /** Forgets what it declared before, and declares this. Takes time that is not measured. */
  begin(workload: Workload): Promise<void>;
  /** Declares this instead, keeping what is registered. */
  change(workload: Workload): Promise<void>;
  command(operation: Operation): Command;
  /** A report on registrations that are all as declared. Only pulumi-vcc has one. */
  driftReport?(): Command;
  state(): State;
}

export interface State {
  /** As it lies there. */
  text: string;
  /** The same without registrations. */
  textWithout: string;
  registrations: number;
}

/** Nothing of whoever runs it: no account, no stack, no proxy and no settings of Node.js. */
export function cleanEnvironment(directory: string): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, HOME: directory, TMPDIR: directory };
}

export interface ProjectOptions {
  /** An empty directory, somewhere below the `node_modules` of this clone. */
  directory: string;
  server: Server;
}
