import { Command } from "commander";
import { ConfigurationError } from "../provider/errors";
import { suggestion } from "../provider/suggestion";
import { verifyIdPrefix } from "../provider/witness/witness";
import { InputError } from "./errors";
import { writeToGitHubActions } from "./github-actions";
import {
  addStackOptions,
  addTo,
  notEmpty,
  type StackOptions,
  selectionOf,
  stopSignal,
} from "./options";
import { confirm } from "./output";
import { createPulumi, type Pulumi } from "./pulumi/pulumi";
import { listTargets, type Selection } from "./pulumi/targets";
import {
  addOutputOptions,
  type Output,
  requireOneOnStandardOutput,
  writeOutputs,
} from "./report-outputs";
import { prepareRehearsals } from "./verify/endpoints";
import { type FormatName, formatGitHub, formatNames, formats } from "./verify/formats";
import {
  type Registration,
  readRegistrations,
  type StackRegistrations,
} from "./verify/registrations";
import { type CheckedStack, createReport, exitCodes } from "./verify/report";
import { connectToVcc, prepareInvoke, release, type Selected } from "./verify/through-vcc";
import type { Thresholds } from "./verify/verdict";

/** How long requests may take, and when to warn. */
export interface VerifyLimits extends Thresholds {
  /** For each request to an endpoint. Unit: milliseconds. */
  timeoutMs: number;
  /** How long `--invoke` waits for the witness. Unit: milliseconds. */
  waitMs: number;
  /** How often `--invoke` asks it. Unit: milliseconds. */
  pollMs: number;
}

const defaultLimits: VerifyLimits = {
  timeoutMs: 10_000,
  slowMs: 3000,
  expiringDays: 14,
  waitMs: 120_000,
  pollMs: 2000,
};

/**
 * `pulumi-vcc verify`: sends to endpoints what VCC would send.
 *
 * @param connect creates what runs the CLI
 */
export function verifyCommand(
  connect: typeof createPulumi = createPulumi,
  limits: VerifyLimits = defaultLimits,
): Command {
  const command = new Command("verify").description(
    "send to endpoints what VCC would send, and report whether they accept it; needs no VCC credentials, " +
      "except for --invoke and --release",
  );
  addStackOptions(command)
    .argument("[registration...]", "registered names, or names of resources (default: all)")
    .option(
      "--account <name>",
      "check only registrations of this named account; repeatable (default: all)",
      (name, names: string[] | undefined) => addTo(names, name),
    )
    .option(
      "--declared",
      "send the headers that the program declares now, to the endpoints that it declares (default: those of the last registration)",
    )
    .option(
      "--probe-rejection",
      "also send one request without the secret headers and one with wrong ones, which the endpoint must refuse",
    )
    .option("-y, --yes", "send without asking")
    .option(
      "--invoke <route>",
      "instead, let VCC dispatch one real interaction to this route, release it, and ask the witness which registration VCC used",
      notEmpty,
    )
    .option(
      "--release <externalid>",
      "only end the interaction that a killed --invoke left",
      notEmpty,
    );
  const outputs = addOutputOptions(command, formatNames, "text");
  return command
    .addHelpText(
      "after",
      "\nExit codes: 0 works, 1 not everything could be checked, 2 at least one registration does not work.",
    )
    .action(async (names: string[], options: Options, command: Command) => {
      requireOneOnStandardOutput(outputs.list(), command);
      requireConsistent(options, command);
      const selection = selectionOf(options, command);
      const signal = stopSignal(options);
      const pulumi = connect({ signal, parallel: options.parallel });
      try {
        const stacks = await selectRegistrations(selection, names, options, pulumi);
        const run = { stacks, names, options, limits, signal };
        if (options.release !== undefined) await runRelease(run, options.release);
        else await runVerify(run, outputs.list());
      } catch (error) {
        if (!(error instanceof InputError || error instanceof ConfigurationError)) throw error;
        command.error(`error: ${error.message}`);
      }
    });
}

interface Options extends StackOptions {
  account?: string[];
  declared?: boolean;
  probeRejection?: boolean;
  yes?: boolean;
  invoke?: string;
  release?: string;
}

interface Run {
  stacks: StackRegistrations[];
  /** Those that select registrations. Empty: all. */
  names: string[];
  options: Options;
  limits: VerifyLimits;
  signal: AbortSignal;
}

function requireConsistent(options: Options, command: Command) {
  const { yes, declared, probeRejection, invoke, release } = options;
  if (!yes && !process.stdin.isTTY) {
    command.error(
      "error: verify asks on a terminal before it sends; add --yes to send without asking",
    );
  }
  if (invoke !== undefined && release !== undefined) {
    command.error("error: --invoke and --release exclude each other");
  }
  const alone = invoke !== undefined ? "--invoke" : release !== undefined ? "--release" : undefined;
  const other = declared ? "--declared" : probeRejection ? "--probe-rejection" : undefined;
  if (alone !== undefined && other !== undefined) {
    command.error(`error: ${alone} and ${other} exclude each other`);
  }
  if (release !== undefined && !release.startsWith(verifyIdPrefix)) {
    command.error(
      `error: --release ends only test interactions, whose externalid begins with ${verifyIdPrefix}`,
    );
  }
}

/** @throws InputError if a name or an account has no registration */
async function selectRegistrations(
  selection: Selection,
  names: string[],
  { account: accounts, declared }: Options,
  pulumi: Pulumi,
): Promise<StackRegistrations[]> {
  const targets = await listTargets(selection, pulumi);
  const source = declared ? "declared" : "registered";
  const stacks = await Promise.all(
    targets.map((target) => readRegistrations(target, source, pulumi, process.env)),
  );
  const isComplete = stacks.every(({ error }) => error === undefined);
  const all = stacks.flatMap(({ registrations }) => registrations);
  const missing = (accounts ?? []).find((name) => !all.some((one) => one.account === name));
  if (missing !== undefined && isComplete) {
    const known = [...new Set(all.flatMap((one) => one.account ?? []))];
    throw new InputError(
      `no registration is of the account ${JSON.stringify(missing)}; ${hintOf(missing, known)}`,
    );
  }
  const ofAccounts = all.filter((one) => accounts?.includes(one.account ?? "") ?? true);
  const isNamed = (one: Registration, name: string) => [one.provider, one.resource].includes(name);
  const unknown = names.find((name) => !ofAccounts.some((one) => isNamed(one, name)));
  if (unknown !== undefined && isComplete) {
    const known = [...new Set(ofAccounts.map(({ provider, resource }) => provider ?? resource))];
    throw new InputError(
      `there is no registration ${JSON.stringify(unknown)}; ${hintOf(unknown, known)}`,
    );
  }
  const selected = new Set(
    ofAccounts.filter((one) => names.length === 0 || names.some((name) => isNamed(one, name))),
  );
  return stacks.map((stack) => ({
    ...stack,
    registrations: stack.registrations.filter((one) => selected.has(one)),
  }));
}

function hintOf(name: string, known: readonly string[]): string {
  return known.length === 0 ? "there are none" : suggestion(name, known);
}

async function runVerify(run: Run, outputs: Output<FormatName>[]): Promise<void> {
  const { stacks, names, options, limits, signal } = run;
  const { declared, probeRejection = false, invoke: route, yes = false } = options;
  const source = declared ? "declared" : "registered";
  const nowMs = Date.now();
  const check =
    route === undefined
      ? prepareRehearsals(stacks, { ...limits, source, probeRejection, signal })
      : prepareInvoke(onlyRegistration(stacks), { ...limits, route, names, signal });
  if (check.plan !== undefined && !(await agrees(check.plan, yes, signal))) return;
  const checked = await Promise.all(
    stacks.map(async (stack) => {
      const results = stack.registrations.map(
        async (one): Promise<CheckedStack["results"][number]> => [one, await check.run(one, stack)],
      );
      return { stack, results: await Promise.all(results) };
    }),
  );
  const report = createReport(checked, { nowMs, source, probesRejection: probeRejection });
  for (const { error } of report.stacks) if (error !== null) console.error(`error: ${error}`);
  const problems = [
    ...(await writeOutputs(formats, report, outputs)),
    ...(await writeToGitHubActions(() => formatGitHub(report), process.env)),
  ];
  for (const problem of problems) console.error(`error: ${problem}`);
  process.exitCode = problems.length > 0 ? 1 : exitCodes[report.outcome];
}

async function runRelease({ stacks, options, signal }: Run, externalid: string): Promise<void> {
  const { registration, stack } = onlyRegistration(stacks);
  const { provider = "" } = registration;
  const plan = `This ends the interaction ${externalid} of ${JSON.stringify(provider)} at VCC.`;
  if (!(await agrees(plan, options.yes ?? false, signal))) return;
  const { invoke, close } = connectToVcc(registration, stack);
  try {
    const problem = await release({ provider, externalid }, invoke);
    if (problem !== undefined) throw new InputError(`${externalid} may still exist: ${problem}`);
    console.error(`${externalid} is released`);
  } finally {
    await close();
  }
}

/** Shows what a run sends, and asks. */
async function agrees(plan: string, yes: boolean, signal: AbortSignal): Promise<boolean> {
  console.error(plan);
  if (yes || (await confirm("Send this?", { signal }))) return true;
  process.exitCode = 1;
  return false;
}

/** @throws InputError if there is none, or more than one */
function onlyRegistration(stacks: StackRegistrations[]): Selected {
  const failed = stacks.find(({ error }) => error !== undefined);
  if (failed?.error !== undefined) throw new InputError(failed.error);
  const all = stacks.flatMap((stack) =>
    stack.registrations.map((registration) => ({ stack, registration })),
  );
  const [only] = all;
  if (only !== undefined && all.length === 1) return only;
  const providers = all.map(({ registration }) => registration.provider);
  const names = all.map(({ registration: { provider, resource } }) =>
    provider === undefined || providers.filter((one) => one === provider).length > 1
      ? resource
      : provider,
  );
  throw new InputError(
    only === undefined
      ? "no registration is selected"
      : `--invoke and --release need one registration: name one of ${names.join(", ")}`,
  );
}
