import { availableParallelism } from "node:os";
import { type Command, InvalidArgumentError } from "commander";
import { parseDuration } from "../provider/duration";
import { notEmpty } from "./not-empty";
import type { Selection } from "./pulumi/targets";

/** The options of every command that reads stacks. */
export interface StackOptions {
  stack?: string[];
  cwd?: string;
  all?: boolean;
  allProjects?: string;
  parallel: number;
  /** Milliseconds. */
  timeout?: number;
}

export function addStackOptions(command: Command): Command {
  return command
    .option(
      "-s, --stack <name>",
      "a stack; repeatable (default: the selected one)",
      (name, names: string[] = []) => [...names, notEmpty(name)],
    )
    .option(
      "-C, --cwd <directory>",
      "the directory of Pulumi.yaml, or one below it (default: the current one)",
      notEmpty,
    )
    .option("--all", "all stacks of the project")
    .option(
      "--all-projects <directory>",
      "all stacks of all projects at or below a directory",
      notEmpty,
    )
    .option(
      "--parallel <count>",
      "how many commands of the CLI run at once",
      parseCount,
      availableParallelism(),
    )
    .option(
      "--timeout <duration>",
      'give up after "90s", "10m" or "1h" (default: never)',
      parseTime,
    );
}

/** Ends the command with an error if the options exclude each other. */
export function selectionOf(options: StackOptions, command: Command): Selection {
  const { stack, cwd, all, allProjects } = options;
  const ways = [
    ...(stack === undefined ? [] : ["--stack"]),
    ...(all ? ["--all"] : []),
    ...(allProjects === undefined ? [] : ["--all-projects"]),
  ];
  if (ways.length > 1) command.error(`error: ${ways.join(" and ")} exclude each other`);
  if (cwd !== undefined && allProjects !== undefined) {
    command.error("error: --cwd and --all-projects exclude each other");
  }
  return { directory: cwd, stacks: stack, all, allProjects };
}

/** Aborted on SIGTERM and SIGINT, and after the timeout. Its reason is a sentence. */
export function stopSignal({ timeout }: StackOptions): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGTERM", "SIGINT"] as const) {
    process.on(name, () => controller.abort(`stopped by ${name}`));
  }
  if (timeout !== undefined) {
    setTimeout(() => controller.abort("stopped by --timeout"), timeout).unref();
  }
  return controller.signal;
}

function parseCount(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("it must be a whole number, 1 or more.");
}

/** @returns milliseconds */
function parseTime(text: string): number {
  const timeMs = parseDuration(text, ["s", "m", "h"]);
  if (!Number.isNaN(timeMs)) return timeMs;
  throw new InvalidArgumentError('expected a duration like "90s", "10m" or "1h".');
}
