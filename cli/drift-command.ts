import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { parseDuration } from "../provider/duration";
import { formatNames } from "./drift/formats";
import { environmentWarnings, look } from "./drift/look";
import { reportToGitHubActions } from "./drift/output/github-actions";
import { notify } from "./drift/output/notification";
import { type Output, writeOutputs } from "./drift/output/outputs";
import { repairCommandsOf, runRepair } from "./drift/repair";
import { type DriftClass, deviations, selectable } from "./drift/report/classes";
import { createReport, type Earlier, withoutDetails } from "./drift/report/create-report";
import type { DriftReport, Outcome } from "./drift/report/report";
import { stackTitle } from "./drift/report/wording";
import { parseJson } from "./json";
import { addStackOptions, notEmpty, type StackOptions, selectionOf, stopSignal } from "./options";
import { confirm } from "./output";
import { createPulumi, type Pulumi } from "./pulumi/pulumi";
import type { Selection } from "./pulumi/targets";

const exitCodes: Record<Outcome, number> = {
  "as declared": 0,
  tolerated: 0,
  drift: 2,
  "check failed": 1,
};

/**
 * `pulumi-vcc drift`: previews stacks and reports what can be known about each registration.
 *
 * @param connect creates what runs the CLI
 */
export function driftCommand(connect: typeof createPulumi = createPulumi): Command {
  const outputs = new OutputList();
  const command = new Command("drift").description(
    "check each registration of one or more stacks against its declaration, as far as an API without a " +
      "read allows; needs the region, but no VCC credentials",
  );
  return addStackOptions(command)
    .option(
      "--refresh",
      "refresh the state first (default: if a registration has a witness, otherwise as set in Pulumi.yaml)",
    )
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
      `the classes that fail the check, of ${selectable.join(", ")} (default: all but ignored and rotating)`,
      (names) => names.split(",").map((name) => oneOf(selectable, name.trim())),
    )
    .option(
      "--max-age <duration>",
      'treat older registrations as stale: "12h", "7d", "2w" (default: only reassertEvery counts)',
      parseAge,
    )
    .option(
      "--require-verified <duration>",
      "fail what no witness has seen in use for longer (default: unlimited)",
      parseAge,
    )
    .option(
      "--account <name>",
      "report only registrations of this named account; repeatable (default: all)",
      (name: string, names: string[] = []) => [...names, notEmpty(name)],
    )
    .option("--since <file>", "an earlier JSON report: say which classes have changed", readEarlier)
    .option(
      "--notify-command <command>",
      "run this in a shell if a class has changed, with the report as Markdown on standard input",
      notEmpty,
    )
    .option("--no-details", "leave the error messages of programs out of the reports")
    .option("--repair", "run the command that repairs what fails, after asking, and check again")
    .option("-y, --yes", "repair without asking")
    .option(
      "--check-failed <reason>",
      "write this instead of looking, before something else",
      notEmpty,
    )
    .addHelpText("after", "\nExit codes: 0 as declared, 1 check failed, 2 drift.")
    .action((options: Options, command: Command) => {
      if (outputs.toStandardOutput.length > 1) {
        command.error(
          `error: ${outputs.toStandardOutput.join(" and ")} cannot share standard output; ` +
            "add --output to all but one",
        );
      }
      if (options.repair && !options.yes && !process.stdin.isTTY) {
        command.error("error: --repair asks on a terminal; add --yes to repair without asking");
      }
      if (options.notifyCommand !== undefined && options.since === undefined) {
        command.error("error: --notify-command needs --since");
      }
      const selection = selectionOf(options, command);
      const pulumi = connect({ signal: stopSignal(options), parallel: options.parallel });
      return runDrift(selection, options, outputs.list, pulumi);
    });
}

interface Options extends StackOptions {
  refresh?: boolean;
  failOn?: DriftClass[];
  maxAge?: number;
  requireVerified?: number;
  account?: string[];
  since?: Earlier;
  notifyCommand?: string;
  details: boolean;
  repair?: boolean;
  yes?: boolean;
  checkFailed?: string;
}

async function runDrift(
  selection: Selection,
  options: Options,
  outputs: Output[],
  pulumi: Pulumi,
): Promise<void> {
  let report = await lookAndReport(selection, options, pulumi);
  if (options.repair && (await repair(report, options))) {
    report = await lookAndReport(selection, options, pulumi);
  }
  for (const stack of report.stacks) {
    if (stack.error === null) continue;
    const title = report.stacks.length > 1 ? `${stackTitle(stack)}: ` : "";
    console.error(`error: ${title}${stack.error}`);
  }
  for (const warning of report.warnings) console.error(`warning: ${warning}`);
  // The error on the terminal already says what the text report would.
  const isRedundant = ({ format, file }: Output) =>
    format === "text" && file === undefined && isFailureOnly(report);
  const published = options.details ? report : withoutDetails(report);
  const problems = [
    ...(await writeOutputs(
      published,
      outputs.filter((output) => !isRedundant(output)),
    )),
    ...(await reportToGitHubActions(published, process.env)),
    ...(options.notifyCommand === undefined ? [] : await notify(published, options.notifyCommand)),
  ];
  for (const problem of problems) console.error(`error: ${problem}`);
  process.exitCode = problems.length > 0 ? 1 : exitCodes[report.outcome];
}

async function lookAndReport(
  selection: Selection,
  { failOn = deviations, maxAge, requireVerified, account, refresh, since, checkFailed }: Options,
  pulumi: Pulumi,
): Promise<DriftReport> {
  const nowMs = Date.now();
  const { directory = ".", stacks: [stack] = [] } = selection;
  const inspections =
    checkFailed === undefined
      ? await look(selection, { pulumi, refresh })
      : [
          {
            directory,
            ...(stack !== undefined && { stack }),
            error: checkFailed,
            registrations: [],
          },
        ];
  const warnings = environmentWarnings(process.env);
  return createReport(inspections, {
    nowMs,
    maxAgeMs: maxAge,
    requireVerifiedMs: requireVerified,
    failOn,
    accounts: account,
    warnings,
    earlier: since,
  });
}

/** @returns whether something may have changed */
async function repair(report: DriftReport, { yes }: Options): Promise<boolean> {
  const commands = repairCommandsOf(report);
  if (commands.length === 0) return false;
  console.error(`To repair:\n${commands.map((command) => `  ${command}\n`).join("")}`);
  if (!yes && !(await confirm("Run this?"))) return false;
  for (const command of commands) {
    if (!(await runRepair(command))) console.error(`error: failed: ${command}`);
  }
  return true;
}

function isFailureOnly({ stacks }: DriftReport): boolean {
  return stacks.every(({ error, registrations }) => error !== null && registrations.length === 0);
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
      throw new InvalidArgumentError("each --output must follow its own --format.");
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

function readEarlier(file: string): Earlier {
  notEmpty(file);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return {};
    throw new InvalidArgumentError(`it cannot be read (${code}).`);
  }
  const report = parseJson(text) as DriftReport | undefined;
  if (report?.version === 2) return { report };
  throw new InvalidArgumentError("it is not a JSON report of this version of pulumi-vcc drift.");
}
