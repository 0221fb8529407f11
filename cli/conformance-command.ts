import { Command, Option } from "commander";
import { loadConnection } from "../provider/accounts/connection";
import { loadCredentials } from "../provider/accounts/credentials";
import { checkConformance, describePlan } from "./conformance/conformance";
import type { ConformanceReport } from "./conformance/schema";
import { formatJson, formatTable } from "./formats";
import { notEmpty, stopSignal } from "./options";
import { confirm, replaceFile, terminalWidth } from "./output";
import { loadStackConfiguration, settingsOf } from "./pulumi/stack-configuration";

const exitCodes = { "as documented": 0, contradicts: 2, incomplete: 1 };

const formats = {
  table: formatReport,
  json: formatJson,
};

/** `pulumi-vcc conformance`: checks a real VCC against its documentation, and where that is silent. */
export function conformanceCommand(): Command {
  return new Command("conformance")
    .description(
      "check whether your VCC account behaves as documented, and as this package expects; " +
        "registers a test name, and resets it",
    )
    .option(
      "-s, --stack <name>",
      "also read the settings from the configuration of this stack (default: from the environment only)",
      notEmpty,
    )
    .option("--account <name>", "a named account (default: the default account)", notEmpty)
    .option("-y, --yes", "send without asking")
    .addOption(
      new Option("-f, --format <format>", "the format of the report")
        .choices(Object.keys(formats))
        .default("table"),
    )
    .option(
      "--behavior <file>",
      "write the known switches to this file, for the emulator's --behavior-file",
      notEmpty,
    )
    .addHelpText(
      "after",
      "\nExit codes: 0 as documented, 1 incomplete, 2 VCC contradicts its documentation.",
    )
    .action(runConformance);
}

interface Options {
  stack?: string;
  account?: string;
  yes?: boolean;
  format: keyof typeof formats;
  behavior?: string;
}

async function runConformance(options: Options, command: Command): Promise<void> {
  const { stack, account, yes, format, behavior } = options;
  if (!yes && !process.stdin.isTTY) {
    command.error(
      "error: conformance asks on a terminal before it sends; add --yes to send without asking",
    );
  }
  try {
    const configuration =
      stack === undefined ? () => undefined : await loadStackConfiguration(stack);
    const settings = settingsOf(account, configuration, process.env);
    const target = {
      connection: loadConnection(settings),
      credentials: loadCredentials(settings),
    };
    console.error(describePlan(target));
    if (!yes && !(await confirm("Send this?"))) {
      process.exitCode = 1;
      return;
    }
    const report = await checkConformance(target, stopSignal(), console.error);
    process.stdout.write(formats[format](report, { width: terminalWidth() }));
    const isKnown = Object.keys(report.behavior).length > 0;
    if (behavior !== undefined && isKnown) {
      await replaceFile(behavior, formatJson(report.behavior));
    } else if (behavior !== undefined)
      console.error(`${behavior} is not written: no switch is known`);
    for (const problem of report.problems) console.error(`error: ${problem}`);
    process.exitCode = exitCodes[report.outcome];
  } catch (error) {
    command.error(`error: ${(error as Error).message}`);
  }
}

function formatReport(
  { results, outcome, requests, names }: ConformanceReport,
  { width = Number.POSITIVE_INFINITY } = {},
): string {
  const header = ["CHECK", "DOCUMENTED", "RESULT", "VALUE", "EVIDENCE"];
  const rows = results.map(({ id, documented, verdict, value, evidence }) => [
    ...[id, documented, verdict, String(value ?? ""), evidence],
  ]);
  return [
    ...formatTable(header, rows, { width }),
    "",
    `${requests} requests, without those that reset the name`,
    ...(outcome === "contradicts" ? ["docs/emulator.md says what a difference breaks"] : []),
    ...names.map(({ name, reset }) => `${name} remains at VCC, ${reset ? "reset" : "NOT reset"}`),
    describeOutcome(results, outcome),
    "",
  ].join("\n");
}

/** `As documented: 17 as documented, 9 observed` */
function describeOutcome(
  results: ConformanceReport["results"],
  outcome: ConformanceReport["outcome"],
) {
  const counts = Map.groupBy(results, ({ verdict }) => verdict);
  const contradicting = (counts.get("contradicts") ?? []).map(({ id }) => id);
  return [
    `${outcome[0]?.toUpperCase()}${outcome.slice(1)}`,
    contradicting.length > 0
      ? contradicting.join(", ")
      : [...counts].map(([verdict, { length }]) => `${length} ${verdict}`).join(", "),
  ].join(": ");
}
