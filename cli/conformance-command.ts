import { Command, InvalidArgumentError, Option } from "commander";
import { parseDuration } from "../provider/contract/duration";
import { isLoopback } from "../provider/contract/setting-parsers";
import { confirm } from "./confirmation";
import { type ConformanceFormat, conformanceFormats, type Outcome } from "./conformance/report";
import { parsePort } from "./emulator-options";
import { replaceFile } from "./file-output";
import { notEmpty } from "./not-empty";
import { stopSignal } from "./stack-options";
import { loadStackConfiguration } from "./stacks/stack-configuration";

const exitCodes: Record<Outcome, number> = {
  "as documented": 0,
  contradicts: 2,
  "could not ask": 1,
};

/** `pulumi-vcc conformance`: what a real VCC does where its documentation is silent. */
export function conformanceCommand(): Command {
  return new Command("conformance")
    .description(
      "ask your VCC account whether it behaves as documented, and as this package relies on; " +
        "registers throw-away names, and resets them",
    )
    .option(
      "-s, --stack <name>",
      "take the settings from the configuration of this stack, too (default: from the environment only)",
      notEmpty,
    )
    .option("--account <name>", "a named account (default: the flat settings)", notEmpty)
    .option("-y, --yes", "send without asking")
    .option(
      "--endpoint <url>",
      "the endpoint to register (default: a reserved host name)",
      parseUrl,
    )
    .option(
      "--listen <port>",
      "receive callbacks on 127.0.0.1, for --endpoint of a tunnel",
      parsePort,
    )
    .option("--route <name>", "the route to which --listen dispatches interactions", notEmpty)
    .option(
      "--propagation <duration>",
      "wait between a registration and its use",
      parseTime,
      30_000,
    )
    .option("--per-minute <requests>", "the pace of the requests", parseCount, 120)
    .addOption(
      new Option("-f, --format <format>", "the format of the report")
        .choices(Object.keys(conformanceFormats))
        .default("table"),
    )
    .option("-o, --output <file>", "the file of the report (default: standard output)", notEmpty)
    .option("--behaviour <file>", "write what the emulator's --behaviour-file takes", notEmpty)
    .addHelpText(
      "after",
      "\nExit codes: 0 as documented, 1 could not ask, 2 VCC differs from its documentation or from " +
        "what this package relies on.",
    )
    .action(runConformance);
}

interface Options {
  stack?: string;
  account?: string;
  yes?: boolean;
  endpoint?: string;
  listen?: number;
  route?: string;
  propagation: number;
  perMinute: number;
  format: ConformanceFormat;
  output?: string;
  behaviour?: string;
}

async function runConformance(options: Options, command: Command): Promise<void> {
  const { stack, account, yes, endpoint, listen, route, propagation, perMinute } = options;
  const { format, output, behaviour } = options;
  if ((listen === undefined) !== (route === undefined)) {
    command.error("error: --listen and --route need each other");
  }
  if (!yes && !process.stdin.isTTY) {
    command.error(
      "error: this command asks before it sends, which needs a terminal; add --yes to send without asking",
    );
  }
  try {
    // Loads the client, which other commands do not need. (`import()` requires the extension.)
    const { checkConformance, describePlan, loadTarget } = await import(
      "./conformance/conformance.ts"
    );
    const configuration = stack === undefined ? undefined : await loadStackConfiguration(stack);
    const target = loadTarget(process.env, account, configuration);
    const { hostname } = new URL(target.connection.apiUrl);
    if (listen !== undefined && endpoint === undefined && !isLoopback(hostname)) {
      throw new Error("--listen needs the --endpoint of a tunnel: VCC cannot reach this machine");
    }
    console.error(describePlan(target, listen !== undefined));
    if (!yes && !(await confirm("Send this?"))) {
      process.exitCode = 1;
      return;
    }
    const report = await checkConformance(target, {
      signal: stopSignal({ parallel: 1 }),
      requestsPerMinute: perMinute,
      endpoint,
      ...(listen !== undefined &&
        route !== undefined && { listen: { port: listen, route, propagationMs: propagation } }),
      log: (line) => console.error(line),
    });
    const text = conformanceFormats[format](report);
    if (output === undefined) process.stdout.write(text);
    else {
      await replaceFile(output, text).catch((error) => {
        // It lists the names that remain at VCC.
        process.stdout.write(text);
        throw error;
      });
    }
    const isKnown = Object.keys(report.behaviour).length > 0;
    if (behaviour !== undefined && !isKnown) console.error(`${behaviour} is left as it was`);
    if (behaviour !== undefined && isKnown) {
      await replaceFile(behaviour, `${JSON.stringify(report.behaviour, null, 2)}\n`);
    }
    for (const problem of report.problems) console.error(`error: ${problem}`);
    process.exitCode = exitCodes[report.outcome];
  } catch (error) {
    command.error(`error: ${(error as Error).message}`);
  }
}

function parseUrl(text: string): string {
  if (URL.canParse(text) && /^https?:\/\//i.test(text)) return new URL(text).href;
  throw new InvalidArgumentError("expected an https URL (http for loopback).");
}

/** @returns milliseconds */
function parseTime(text: string): number {
  const timeMs = text === "0s" ? 0 : parseDuration(text, ["s", "m"]);
  if (!Number.isNaN(timeMs)) return timeMs;
  throw new InvalidArgumentError('expected a duration like "30s" or "1m".');
}

function parseCount(text: string): number {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("it must be a whole number, 1 or more.");
}
