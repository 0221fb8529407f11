import { availableParallelism } from "node:os";
import { type Command, InvalidArgumentError } from "commander";
import { parseDuration, type Unit } from "../provider/duration";
import { stopSignals } from "./output";
import type { Selection } from "./pulumi/targets";

// Parsers of arguments. Each throws InvalidArgumentError, which Commander prints after the option.

/** Rejects an empty value: an unset variable in CI arrives as one. */
export function notEmpty(text: string): string {
  if (text === "") throw new InvalidArgumentError("it must not be empty.");
  return text;
}

/** For an option that can be repeated. */
export function addTo(names: string[] | undefined, name: string): string[] {
  return [...(names ?? []), notEmpty(name)];
}

export function oneOf<Name extends string>(names: Name[], text: string): Name {
  const name = names.find((candidate) => candidate === text);
  if (name !== undefined) return name;
  // Commander's wording for an option with choices.
  throw new InvalidArgumentError(`Allowed choices are ${names.join(", ")}.`);
}

/**
 * @param examples one for each unit, like `12h`
 * @returns parses a duration to milliseconds
 */
export function durationLike(...examples: Array<`${number}${Unit}`>): (text: string) => number {
  const units = examples.map((example) => example.slice(-1) as Unit);
  return (text) => {
    const lengthMs = parseDuration(text, units);
    if (!Number.isNaN(lengthMs)) return lengthMs;
    const last = examples.at(-1);
    const others = examples.slice(0, -1).map((example) => JSON.stringify(example));
    throw new InvalidArgumentError(`expected a duration like ${others.join(", ")} or "${last}".`);
  };
}

function parseCount(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("it must be a whole number from 1 to 9999.");
}

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
      (name, names: string[] | undefined) => addTo(names, name),
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
      "maximum number of pulumi commands at once",
      parseCount,
      availableParallelism(),
    )
    .option(
      "--timeout <duration>",
      'give up after "90s", "10m" or "1h" (default: never)',
      durationLike("90s", "10m", "1h"),
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

/** Aborted on SIGTERM, SIGINT and SIGHUP, and after the timeout. Its reason is a sentence. */
export function stopSignal({ timeout }: Pick<StackOptions, "timeout"> = {}): AbortSignal {
  const controller = new AbortController();
  for (const name of stopSignals) {
    process.on(name, () => controller.abort(`stopped by ${name}`));
  }
  if (timeout !== undefined) {
    setTimeout(() => controller.abort("stopped by --timeout"), timeout).unref();
  }
  return controller.signal;
}
