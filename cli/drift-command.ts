import { readFile } from "node:fs/promises";
import { Command } from "commander";
import { type Inspection, inspectAll } from "./drift/inspection/inspect";
import { reportToGitHubActions } from "./drift/output/github-actions";
import { type FormatName, formatNames, formats, notify } from "./drift/output/outputs";
import { repair } from "./drift/repair";
import { type DriftClass, failing, outcomes, selectable } from "./drift/report/classes";
import { createReport, withoutDetails } from "./drift/report/create-report";
import type { DriftReport } from "./drift/report/schema";
import { stackTitle } from "./drift/report/wording";
import { InputError } from "./errors";
import { parseJson } from "./formats";
import {
  addStackOptions,
  addTo,
  durationLike,
  notEmpty,
  oneOf,
  type StackOptions,
  selectionOf,
  stopSignal,
} from "./options";
import { ignoredIn } from "./pulumi/environment";
import { createPulumi, type Pulumi } from "./pulumi/pulumi";
import type { Selection } from "./pulumi/targets";
import {
  addOutputOptions,
  type Output,
  requireOneOnStandardOutput,
  writeOutputs,
} from "./report-outputs";

/**
 * `pulumi-vcc drift`: previews stacks and reports what can be known about each registration.
 *
 * @param connect creates what runs the CLI
 */
export function driftCommand(connect: typeof createPulumi = createPulumi): Command {
  const command = new Command("drift").description(
    "check each registration of one or more stacks against its declaration, as far as an API without a " +
      "read endpoint allows; needs the region, but no VCC credentials",
  );
  const tolerated = selectable.filter((name) => !failing.includes(name));
  const parseAge = durationLike("12h", "7d", "2w");
  addStackOptions(command)
    .option(
      "--refresh",
      "refresh the state first (default: if a registration has a witness, otherwise as set in Pulumi.yaml)",
    )
    .option("--no-refresh", "do not refresh the state first");
  const outputs = addOutputOptions(command, formatNames, "text");
  return command
    .option(
      "--fail-on <classes>",
      `the classes that fail the check, of ${selectable.join(", ")} (default: all but ${tolerated.join(" and ")})`,
      (names) => names.split(",").map((name) => oneOf(selectable, name.trim())),
    )
    .option(
      "--max-age <duration>",
      'treat older registrations as stale: "12h", "7d", "2w" (default: only reassertEvery counts)',
      parseAge,
    )
    .option(
      "--require-verified <duration>",
      "fail if no witness has verified a registration within this time (default: unlimited)",
      parseAge,
    )
    .option(
      "--account <name>",
      "report only registrations of this named account; repeatable (default: all)",
      (name, names: string[] | undefined) => addTo(names, name),
    )
    .option(
      "--since <file>",
      "an earlier JSON report: report which classes have changed; with --repair, repair only what it names in the " +
        "same class",
      notEmpty,
    )
    .option(
      "--notify-command <command>",
      "run this in a shell if a class has changed, with the report as Markdown on standard input",
      notEmpty,
    )
    .option("--no-details", "leave the error messages of programs out of the reports")
    .option(
      "--repair",
      "ask for each cause that fails, run the command that registers again, and check again",
    )
    .option(
      "--all-causes",
      "with --repair: also apply all changes of the program, and reset what is orphaned",
    )
    .option("-y, --yes", "repair without asking")
    .option(
      "--check-failed <reason>",
      "check nothing: write a failed report with this reason and exit",
      notEmpty,
    )
    .addHelpText("after", "\nExit codes: 0 as declared, 1 check failed, 2 drift.")
    .action(async (options: Options, command: Command) => {
      requireOneOnStandardOutput(outputs.list(), command);
      if (options.repair && !options.yes && !process.stdin.isTTY) {
        command.error("error: --repair asks on a terminal; add --yes to repair without asking");
      }
      if (options.notifyCommand !== undefined && options.since === undefined) {
        command.error("error: --notify-command needs --since");
      }
      if (options.allCauses && !options.repair) {
        command.error("error: --all-causes needs --repair");
      }
      const selection = selectionOf(options, command);
      const signal = stopSignal(options);
      const pulumi = connect({ signal, parallel: options.parallel });
      try {
        const earlier = options.since === undefined ? undefined : await readEarlier(options.since);
        await runDrift(selection, { ...options, signal }, earlier, outputs.list(), pulumi);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        command.error(`error: ${error.message}`);
      }
    });
}

interface Options extends StackOptions {
  refresh?: boolean;
  failOn?: DriftClass[];
  /** Milliseconds. */
  maxAge?: number;
  /** Milliseconds. */
  requireVerified?: number;
  account?: string[];
  since?: string;
  notifyCommand?: string;
  details: boolean;
  repair?: boolean;
  allCauses?: boolean;
  yes?: boolean;
  checkFailed?: string;
}

async function runDrift(
  selection: Selection,
  options: Options & { signal: AbortSignal },
  earlier: DriftReport | null | undefined,
  outputs: Output<FormatName>[],
  pulumi: Pulumi,
): Promise<void> {
  let { report, repairable } = await check(selection, options, earlier, pulumi);
  const { yes = false, allCauses = false, signal } = options;
  if (options.repair && (await repair(repairable, report, { yes, allCauses, signal }))) {
    ({ report, repairable } = await check(selection, options, earlier, pulumi));
  }
  for (const stack of report.stacks) {
    if (stack.error === null) continue;
    const title = report.stacks.length > 1 ? `${stackTitle(stack)}: ` : "";
    console.error(`error: ${title}${stack.error}`);
  }
  for (const warning of report.warnings) console.error(`warning: ${warning}`);
  // The error on the terminal already says what the text report would.
  const isRedundant = ({ format, file }: Output<FormatName>) =>
    format === "text" && file === undefined && isFailureOnly(report);
  const published = options.details ? report : withoutDetails(report);
  const problems = [
    ...(await writeOutputs(
      formats,
      published,
      outputs.filter((output) => !isRedundant(output)),
    )),
    ...(await reportToGitHubActions(published, process.env)),
    ...(options.notifyCommand === undefined ? [] : await notify(published, options.notifyCommand)),
  ];
  for (const problem of problems) console.error(`error: ${problem}`);
  process.exitCode = problems.length > 0 ? 1 : outcomes[report.outcome].exitCode;
}

async function check(
  selection: Selection,
  { failOn = failing, maxAge, requireVerified, account, refresh, checkFailed }: Options,
  earlier: DriftReport | null | undefined,
  pulumi: Pulumi,
): Promise<{ report: DriftReport; repairable: DriftReport }> {
  const nowMs = Date.now();
  if (process.stderr.isTTY) console.error("Checking …");
  const inspections =
    checkFailed === undefined
      ? await inspectAll(selection, { pulumi, refresh })
      : [failedInspection(selection, checkFailed)];
  const ignored = ignoredIn(process.env).join(", ");
  const reportOptions = {
    nowMs,
    maxAgeMs: maxAge,
    requireVerifiedMs: requireVerified,
    failOn,
    accounts: account,
    warnings:
      ignored === ""
        ? []
        : [`removed from the environment of pulumi, because it can hide differences: ${ignored}`],
    earlier,
  };
  const report = createReport(inspections, reportOptions);
  // What is new since the earlier report is only reported.
  const repairable =
    earlier === undefined
      ? report
      : createReport(inspections, { ...reportOptions, repairsOnlyEarlier: true });
  return { report, repairable };
}

function failedInspection(
  { directory = ".", stacks: [stack] = [] }: Selection,
  error: string,
): Inspection {
  return { directory, stack, error, registrations: [] };
}

function isFailureOnly({ stacks }: DriftReport): boolean {
  return stacks.every(({ error, registrations }) => error !== null && registrations.length === 0);
}

/**
 * @returns `null` if there is no such file, as before the first run
 * @throws InputError
 */
async function readEarlier(file: string): Promise<DriftReport | null> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return null;
    throw new InputError(`--since ${file}: it cannot be read (${code})`);
  }
  // Loads zod, which nothing else here needs. (`import()` requires the extension.)
  const schema = await import("./drift/report/schema.ts");
  const { success, data } = schema.DriftReport.safeParse(parseJson(text));
  if (success) return data;
  throw new InputError(
    `--since ${file}: it is not a JSON report of this version of pulumi-vcc drift; delete it, or pass another file`,
  );
}
