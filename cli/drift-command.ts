import { resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { parseDuration } from "../provider/contract/duration";
import { formatNames } from "./drift/formats";
import { inspect } from "./drift/inspection/inspect";
import { InspectionError } from "./drift/inspection/inspection-error";
import { reportToGitHubActions } from "./drift/output/github-actions";
import { type Output, writeOutputs } from "./drift/output/outputs";
import { type DriftClass, deviations } from "./drift/report/classes";
import { createErrorReport, createReport, type DriftReport } from "./drift/report/report";
import { notEmpty } from "./not-empty";

const exitCodes = { "as declared": 0, "could not look": 1, drift: 2 };

/** `pulumi-vcc drift`: previews a stack and reports what can be known about each registration. */
export function driftCommand(): Command {
  const outputs = new OutputList();
  return new Command("drift")
    .description(
      "check each registration of a stack against its declaration, as far as an API without a read " +
        "allows; needs the region, but no VCC credentials",
    )
    .option("-s, --stack <name>", "the stack (default: the selected one)", notEmpty)
    .option(
      "-C, --cwd <directory>",
      "the directory of Pulumi.yaml, or one below it (default: the current one)",
      notEmpty,
    )
    .option("--refresh", "refresh the state first (default: as set in Pulumi.yaml)")
    .option("--no-refresh", "do not refresh the state first")
    .option(
      "-f, --format <format>",
      `${formatNames.join(", ")}; repeatable, if all but one have an --output (default: text)`,
      (name) => outputs.addFormat(name),
    )
    .option(
      "-o, --output <file>",
      "the file for the preceding --format (default: standard output)",
      (file) => outputs.addFile(notEmpty(file)),
    )
    .option(
      "--fail-on <classes>",
      `the classes that fail the check (default: ${deviations.join(",")})`,
      (names) => names.split(",").map((name) => oneOf(deviations, name.trim())),
    )
    .option(
      "--max-age <duration>",
      'treat older registrations as stale: "12h", "7d", "2w" (default: only reassertEvery counts)',
      parseAge,
    )
    .addHelpText("after", "\nExit codes: 0 as declared, 1 could not look, 2 drift.")
    .action((options: Options, command: Command) => {
      if (outputs.toStandardOutput.length > 1) {
        command.error(
          `error: ${outputs.toStandardOutput.join(" and ")} cannot share standard output; ` +
            "give all but one --format an --output",
        );
      }
      return runDrift(options, outputs.list);
    });
}

interface Options {
  stack?: string;
  cwd?: string;
  refresh?: boolean;
  failOn?: DriftClass[];
  maxAge?: number;
}

async function runDrift(options: Options, outputs: Output[]): Promise<void> {
  const report = await inspectAndReport(options);
  if (report.error !== null) console.error(`error: ${report.error}`);
  // The error on the terminal already says what the text report would.
  const isRedundant = ({ format, file }: Output) =>
    report.error !== null && format === "text" && file === undefined;
  const problems = [
    ...(await writeOutputs(
      report,
      outputs.filter((output) => !isRedundant(output)),
    )),
    ...(await reportToGitHubActions(report, process.env)),
  ];
  for (const problem of problems) console.error(`error: ${problem}`);
  process.exitCode = problems.length > 0 ? exitCodes["could not look"] : exitCodes[report.outcome];
}

async function inspectAndReport(options: Options): Promise<DriftReport> {
  const { stack, cwd, refresh, failOn = deviations, maxAge } = options;
  const nowMs = Date.now();
  try {
    const inspection = await inspect({ directory: cwd ?? ".", stack, refresh });
    return createReport(inspection, { nowMs, maxAgeMs: maxAge, failOn, directory: cwd });
  } catch (error) {
    if (error instanceof InspectionError) return createErrorReport(error.message, nowMs);
    // Reports must record a bug of this command too.
    console.error(error);
    return createErrorReport(`${error}; this is a bug in pulumi-vcc, please report it`, nowMs);
  }
}

/** The pairs of `--format` and `--output`, in the order given. */
class OutputList {
  private readonly given: Output[] = [];

  get list(): Output[] {
    return this.given.length > 0 ? this.given : [{ format: "text" }];
  }

  get toStandardOutput(): string[] {
    return this.list.filter(({ file }) => file === undefined).map(({ format }) => format);
  }

  addFormat(name: string) {
    this.given.push({ format: oneOf(formatNames, name) });
  }

  addFile(file: string) {
    const last = this.given.at(-1);
    if (last === undefined || last.file !== undefined) {
      throw new InvalidArgumentError("each --output follows a --format of its own.");
    }
    if (this.given.some((output) => output.file && resolve(output.file) === resolve(file))) {
      throw new InvalidArgumentError("another --format already writes to this file.");
    }
    last.file = file;
  }
}

function oneOf<Name extends string>(names: Name[], text: string): Name {
  const name = names.find((candidate) => candidate === text);
  // Commander's wording for an option with choices.
  if (name === undefined)
    throw new InvalidArgumentError(`Allowed choices are ${names.join(", ")}.`);
  return name;
}

/** @returns milliseconds */
function parseAge(text: string): number {
  const ageMs = parseDuration(text, ["h", "d", "w"]);
  if (!Number.isNaN(ageMs)) return ageMs;
  throw new InvalidArgumentError('expected a duration like "12h", "7d" or "2w".');
}
