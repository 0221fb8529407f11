import { confirm } from "../output";
import { pulumiEnvironment } from "../pulumi/environment";
import { runInShell } from "../shell";
import type { DriftClass } from "./report/classes";
import type { DriftReport, ReportedRegistration, StackReport } from "./report/schema";
import {
  describeCause,
  describeOrder,
  describeUpdate,
  quoteName,
  stackTitle,
  urgentCauses,
  waitingClasses,
} from "./report/wording";

export interface RepairOptions {
  /** Runs the commands without asking. */
  yes: boolean;
  /** Also applies what only waits for an `up`: changes of the program, and resets. */
  allCauses: boolean;
  /** Stops before the next command. */
  signal: AbortSignal;
}

/** What a command repairs, and why. */
interface Cause {
  title: string;
  /** Sentences for people. */
  reasons: string[];
  command: string;
}

/**
 * Shows each cause of each stack with the command that repairs it, the worst cause first, and runs the
 * command if the user agrees. After a failure, it continues with the next stack.
 *
 * @param repairable the report with the commands to run
 * @param report the report with all commands
 * @returns whether something may have changed
 */
export async function repair(
  repairable: DriftReport,
  report: DriftReport,
  options: RepairOptions,
): Promise<boolean> {
  let ran = false;
  for (const [index, stack] of repairable.stacks.entries()) {
    const left = leftOut(stack, report.stacks[index]);
    const causes = left.has("unknown") ? [] : causesOf(stack, left, options.allCauses);
    for (const line of describeRest(stack, left, causes, options)) console.error(line);
    for (const { title, reasons, command } of causes) {
      const heading = `To repair what is ${title} in ${stackTitle(stack)}:`;
      console.error([...reasons, heading, `  ${command}`, ""].join("\n"));
      const { yes, signal } = options;
      const agreed = yes || (await confirm("Run this?", { signal }));
      if (signal.aborted) return ran;
      if (!agreed) continue;
      ran = true;
      const environment = { ...pulumiEnvironment(process.env), PULUMI_SKIP_CONFIRMATIONS: "true" };
      const code = await runInShell(command, { environment });
      if (code === 0) continue;
      console.error(`error: failed: ${command}`);
      break;
    }
  }
  return ran;
}

/** Class → the resources that a command would repair, but that the report of `--since` does not have in it. */
type LeftOut = ReadonlyMap<DriftClass, string[]>;

function leftOut(stack: StackReport, full: StackReport | undefined): LeftOut {
  const entries = (full?.repairs ?? []).map(({ class: name, resources }) => {
    const repaired = stack.repairs.find((one) => one.class === name)?.resources ?? [];
    return [name, resources.filter((resource) => !repaired.includes(resource))] as const;
  });
  return new Map(entries.filter(([, resources]) => resources.length > 0));
}

function causesOf(stack: StackReport, left: LeftOut, allCauses: boolean): Cause[] {
  const urgent = urgentCauses(stack);
  const order = describeOrder(urgent);
  const causes = stack.repairs.map(({ class: name, command }): Cause & { isUrgent: boolean } => {
    const cause = urgent.find((one) => one.class === name);
    const isRepaired = ({ resource }: ReportedRegistration) => !left.get(name)?.includes(resource);
    const reasons =
      cause === undefined
        ? [listNames(name, stack.registrations.filter(isRepaired))]
        : [
            ...describeCause({ ...cause, registrations: cause.registrations.filter(isRepaired) }),
            ...caveatsOf(name),
            cause.untouched,
            order,
          ].filter(Boolean);
    return { title: name, reasons, command, isUrgent: cause !== undefined };
  });
  if (!allCauses || stack.update === null) return causes;
  // The last command also registers what is stale.
  const waiting = waitingClasses(stack);
  const reasons = [
    ...waiting.map(([name, registrations]) => listNames(name, registrations)),
    `This will ${describeUpdate(stack)}.`,
  ];
  return [
    ...causes.filter(({ isUrgent }) => isUrgent),
    { title: waiting.map(([name]) => name).join(", "), reasons, command: stack.update },
  ];
}

/** `pending: "Crm", "Recording"` */
function listNames(driftClass: DriftClass, registrations: ReportedRegistration[]): string {
  const failing = registrations.filter((one) => one.fails && one.class === driftClass);
  return `${driftClass}: ${failing.map(quoteName).join(", ")}`;
}

function caveatsOf(driftClass: DriftClass): string[] {
  return driftClass === "unknown"
    ? [
        "Pulumi may suggest pulumi refresh for pending operations. Do not run it: it only forgets them.",
      ]
    : [];
}

/** What is not repaired, and why. */
function describeRest(
  stack: StackReport,
  left: LeftOut,
  causes: readonly Cause[],
  { allCauses }: RepairOptions,
): string[] {
  const title = stackTitle(stack);
  const lines = [...left].map(
    ([name, resources]) =>
      `Not repaired in ${title}, because the report of --since does not have it as ${name}: ${resources.join(", ")}`,
  );
  if (left.has("unknown")) {
    return [
      ...lines,
      "Nothing else is repaired: any update forgets which operations were interrupted.",
    ];
  }
  const waiting = waitingClasses(stack).map(([name]) => name);
  if (allCauses || causes.length > 0 || lines.length > 0 || waiting.length === 0) return lines;
  const verb = waiting.length === 1 ? "waits" : "wait";
  return [
    `Nothing repaired in ${title}: ${waiting.join(", ")} ${verb} for \`pulumi up\`, or --all-causes.`,
  ];
}
