import { Command, InvalidArgumentError, Option } from "commander";
import { type DriftClass, driftClasses } from "./drift/classes";
import { CouldNotLookError, inspect } from "./drift/inspection";
import { createReport } from "./drift/report";
import { formatText } from "./drift/text";

/** 0 as declared, 1 could not look, 2 at least one registration of a class that is to fail. */
const exitCodes = { asDeclared: 0, couldNotLook: 1, drift: 2 };

const failing = driftClasses.filter((driftClass) => driftClass !== "in sync");

/** `pulumi-vcc drift`: previews a stack and says of each registration what can be known. */
export function driftCommand(): Command {
  return new Command("drift")
    .description(
      "say of each registration of a stack whether it is as declared, as far as that can be known " +
        "of an API without read; needs the region, and no credentials of VCC",
    )
    .option("-s, --stack <name>", "the stack; otherwise the one that is selected")
    .option("-C, --cwd <directory>", "where Pulumi.yaml is", ".")
    .option("--no-refresh", "do not refresh the state first")
    .addOption(
      new Option("--format <format>", "for people or for programs")
        .choices(["text", "json"])
        .default("text"),
    )
    .option("--fail-on <classes>", "which classes make it exit with 2", parseClasses, failing)
    .option("--max-age <duration>", 'what was confirmed longer ago is stale, like "30d"', parseAge)
    .addHelpText("after", "\nExits with 0 as declared, 2 not as declared, 1 could not look.")
    .action(runDrift);
}

interface Options {
  stack?: string;
  cwd: string;
  refresh: boolean;
  format: "text" | "json";
  failOn: readonly DriftClass[];
  maxAge?: number;
}

async function runDrift({ stack, cwd, refresh, format, failOn, maxAge }: Options) {
  try {
    const inspection = await inspect({ directory: cwd, refresh, ...(stack && { stack }) });
    const report = createReport(inspection, { nowMs: Date.now(), maxAgeMs: maxAge, failOn });
    const { NO_COLOR } = process.env;
    const colour = process.stdout.isTTY === true && !NO_COLOR;
    console.log(
      format === "json" ? JSON.stringify(report, null, 2) : formatText(report, { colour }),
    );
    process.exitCode = report.failed ? exitCodes.drift : exitCodes.asDeclared;
  } catch (error) {
    if (!(error instanceof CouldNotLookError)) throw error;
    console.error(`error: ${error.message}`);
    process.exitCode = exitCodes.couldNotLook;
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
  const [, count, unit] = /^(\d{1,4})([hdw])$/.exec(text) ?? [];
  const hours = { h: 1, d: 24, w: 168 }[unit ?? ""];
  if (hours === undefined)
    throw new InvalidArgumentError('a duration is like "12h", "30d" or "2w".');
  return Number(count) * hours * 3_600_000;
}
