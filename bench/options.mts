import { Command, InvalidArgumentError, Option } from "commander";
import { all, selections } from "./selection.mts";

export interface BenchOptions {
  /** Names of `selections`. */
  only: readonly string[];
  /** How many registrations: ascending, each once. */
  counts: number[];
  /** Of each contestant at each count. */
  runs: number;
  latencyMs: number;
  /** Where the results go beside the table. */
  json?: string;
}

/** Ends the process with a sentence where the arguments are none. */
export function parseOptions(argv: readonly string[]): BenchOptions {
  const { n, latency, ...rest } = new Command("npm run bench --")
    .description("Measures pulumi-vcc against what a user would pick instead.")
    .addOption(
      new Option("--only <contestants>", `of ${selections.join(", ")}`)
        .argParser(parseSelections)
        .default(all, all.join(",")),
    )
    .addOption(
      new Option("--n <counts>", "how many registrations")
        .argParser(parseCounts)
        .default([1, 100, 1000], "1,100,1000"),
    )
    .addOption(
      new Option("--runs <count>", "of each, in turns").argParser(parsePositive).default(3),
    )
    .addOption(
      new Option("--latency <ms>", "before each answer of the server")
        .argParser(parseMilliseconds)
        .default(2),
    )
    .option("--json <file>", "where the results go beside the table")
    .allowExcessArguments(false)
    .parse([...argv])
    .opts();
  return { counts: n, latencyMs: latency, ...rest } as BenchOptions;
}

function parseSelections(text: string): string[] {
  const names = text.split(",");
  const unknown = names.find((name) => !selections.includes(name));
  if (unknown !== undefined) {
    throw new InvalidArgumentError(`"${unknown}" is none of ${selections.join(", ")}.`);
  }
  return names;
}

/** Ascending, each once. */
function parseCounts(text: string): number[] {
  return [...new Set(text.split(",").map(parsePositive))].sort((a, b) => a - b);
}

export function parsePositive(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError("It is a number from 1.");
  return Number(text);
}

function parseMilliseconds(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("It is a number of milliseconds.");
  return Number(text);
}
