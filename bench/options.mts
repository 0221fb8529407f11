import { Command, InvalidArgumentError, Option } from "commander";
import { commaListOf } from "../tools/comma-list.mts";
import { candidateNames, selections } from "./selection.mts";

export interface BenchOptions {
  /** Names of `selections`. */
  only: readonly string[];
  /** Numbers of registrations, ascending and without duplicates. */
  counts: number[];
  /** The number of runs per candidate and count. */
  runs: number;
  latencyMs: number;
  /** A file for the results as JSON, in addition to the tables. */
  json?: string;
}

/** Exits with an error message if the arguments are invalid. */
export function parseOptions(argv: readonly string[]): BenchOptions {
  const { n, latency, ...rest } = new Command("npm run bench --")
    .description("Compares pulumi-vcc with the alternatives.")
    .addOption(
      new Option("--only <candidates>", `comma-separated list of ${selections.join(", ")}`)
        .argParser(commaListOf(selections))
        .default(candidateNames, candidateNames.join(",")),
    )
    .addOption(
      new Option("--n <counts>", "comma-separated numbers of registrations")
        .argParser(parseCounts)
        .default([1, 100, 1000], "1,100,1000"),
    )
    .addOption(
      new Option("--runs <count>", "number of interleaved runs per candidate")
        .argParser(parsePositive)
        .default(3),
    )
    .addOption(
      new Option("--latency <ms>", "the server's delay before each response")
        .argParser(parseMilliseconds)
        .default(2),
    )
    .option("--json <file>", "a file for the results as JSON")
    .allowExcessArguments(false)
    .parse([...argv])
    .opts();
  return { counts: n, latencyMs: latency, ...rest } as BenchOptions;
}

/** Ascending, without duplicates. */
export function parseCounts(text: string): number[] {
  return [...new Set(text.split(",").map(parsePositive))].sort((a, b) => a - b);
}

export function parsePositive(text: string): number {
  if (!/^[1-9]\d*$/.test(text))
    throw new InvalidArgumentError("Expected a whole number, 1 or more.");
  return Number(text);
}

function parseMilliseconds(text: string): number {
  if (!/^\d+$/.test(text))
    throw new InvalidArgumentError("Expected a whole number of milliseconds.");
  return Number(text);
}
