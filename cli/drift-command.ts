import { resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { parseDuration } from "../provider/contract/duration";
import { type DriftClass, driftClasses } from "./drift/classes";
import { CouldNotLookError } from "./drift/could-not-look";
import { formatNames } from "./drift/formats";
import { reportToGitHubActions } from "./drift/github-actions";
import { inspect } from "./drift/inspection";
import { type Output, writeOutputs } from "./drift/outputs";
import { createErrorReport, createReport, type DriftReport } from "./drift/report";
import { notEmpty } from "./not-empty";

const exitCodes = { "as declared": 0, "could not look": 1, drift: 2 };

const failing = driftClasses.filter((driftClass) => driftClass !== "in sync");

/** `pulumi-vcc drift`: previews a stack and says of each registration what can be known. */
export function driftCommand(): Command {
  const outputs = new OutputList();
  return new Command("drift")
    .description(
      "say of each registration of a stack whether it is as declared, as far as that can be known " +
        "of an API without read; needs the region, and no credentials of VCC",
    )
    .option("-s, --stack <name>", "the stack (default: the one that is selected)", notEmpty)
    .option("-C, --cwd <directory>", "where Pulumi.yaml is, or below (default: here)", notEmpty)
    .option("--refresh", "refresh the state first (default: as Pulumi.yaml says)")
    .option("--no-refresh", "do not refresh the state first")
    .option(
      "-f, --format <format>",
      `${formatNames.join(", ")}; may be repeated, each with an --output but one (default: text)`,
      (name) => outputs.addFormat(name),
    )
    .option(
      "-o, --output <file>",
      "where the --format before it goes (default: standard output)",
      (file) => outputs.addFile(notEmpty(file)),
    )
    .option(
      "--fail-on <classes>",
      `which classes make it exit with 2 (default: ${failing.join(",")})`,
      parseClasses,
    )
    .option(
      "--max-age <duration>",
      'what was confirmed longer ago is stale: "12h", "7d", "2w" (default: as reassertEvery says)',
      parseAge,
    )
    .addHelpText("after", "\nExits with 0 as declared, 2 not as declared, 1 could not look.")
    .action((options: Options, command: Command) => {
      if (outputs.toStandardOutput.length > 1) {
        command.error(
          `error: ${outputs.toStandardOutput.join(" and ")} cannot share standard output; ` +
            "give each --format but one an --output",
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
  const report = await look(options);
  if (report.error !== null) console.error(`error: ${report.error}`);
  // People have read the error then; programs read the report that holds it.
  const isRead = ({ format, file }: Output) => format === "text" && file === undefined;
  const problems = [
    ...(await writeOutputs(
      report,
      report.error === null ? outputs : outputs.filter((output) => !isRead(output)),
    )),
    ...(await reportToGitHubActions(report, process.env)),
  ];
  for (const problem of problems) console.error(`error: ${problem}`);
  process.exitCode = problems.length > 0 ? exitCodes["could not look"] : exitCodes[report.outcome];
}

async function look({ stack, cwd, refresh, failOn, maxAge }: Options): Promise<DriftReport> {
  const nowMs = Date.now();
  try {
    const inspection = await inspect({ directory: cwd ?? ".", stack, refresh });
    return createReport(inspection, {
      nowMs,
      maxAgeMs: maxAge,
      failOn: failOn ?? failing,
      directory: cwd,
    });
  } catch (error) {
    if (error instanceof CouldNotLookError) return createErrorReport(error, { nowMs });
    // A mistake of ours: programs have to hear of it too.
    console.error(error);
    return createErrorReport(
      new CouldNotLookError(String(error), "this is a defect of pulumi-vcc, please report it"),
      { nowMs },
    );
  }
}

/** The pairs of `--format` and `--output`, in the order in which they are given. */
class OutputList {
  private readonly given: Output[] = [];

  get list(): Output[] {
    return this.given.length > 0 ? this.given : [{ format: "text" }];
  }

  get toStandardOutput(): string[] {
    return this.list.filter(({ file }) => file === undefined).map(({ format }) => format);
  }

  addFormat(name: string) {
    const format = formatNames.find((known) => known === name);
    if (format === undefined) {
      throw new InvalidArgumentError(`known are ${formatNames.join(", ")}.`);
    }
    this.given.push({ format });
  }

  addFile(file: string) {
    const last = this.given.at(-1);
    if (last === undefined || last.file !== undefined) {
      throw new InvalidArgumentError("give the --format of its own before it.");
    }
    if (this.given.some((output) => output.file && resolve(output.file) === resolve(file))) {
      throw new InvalidArgumentError("another --format goes there already.");
    }
    last.file = file;
  }
}

function parseClasses(text: string): DriftClass[] {
  return text.split(",").map((name) => {
    const driftClass = failing.find((known) => known === name.trim());
    if (driftClass === undefined) {
      throw new InvalidArgumentError(`known are ${failing.join(", ")}.`);
    }
    return driftClass;
  });
}

/** Unit of the result: milliseconds. */
function parseAge(text: string): number {
  const ageMs = parseDuration(text, ["h", "d", "w"]);
  if (Number.isNaN(ageMs)) {
    throw new InvalidArgumentError('a duration is like "12h", "7d" or "2w".');
  }
  return ageMs;
}
