import { formatSuites, type JunitCase, type JunitSuite } from "../../junit";
import type { DriftReport, ReportedRegistration, StackReport } from "../report/schema";
import {
  describeRegistration,
  hasNamedAccounts,
  registrationName,
  stackTitle,
} from "../report/wording";
import { formatText } from "./text";

/**
 * A JUnit test suite for each stack, or for each named account of a stack, with a test case for each
 * registration. A failed inspection is a test case with an error.
 */
export function formatJunit(report: DriftReport): string {
  return formatSuites(
    report.stacks.flatMap(splitByAccount).map((suite) => testSuite(suite, report)),
  );
}

interface Suite {
  title: string;
  stack: StackReport;
}

/** An error of the inspection belongs to the first suite. */
function splitByAccount(stack: StackReport): Suite[] {
  if (!hasNamedAccounts(stack)) return [{ title: stackTitle(stack), stack }];
  return stack.accounts.map(({ account, count }, index) => {
    const registrations = stack.registrations.filter((one) => one.account === account);
    return {
      title: `${stackTitle(stack)}${account === null ? "" : `, account ${account}`}`,
      stack: { ...stack, registrations, count, error: index === 0 ? stack.error : null },
    };
  });
}

function testSuite({ title, stack }: Suite, report: DriftReport): JunitSuite {
  const { registrations, error } = stack;
  return {
    name: title,
    package: "pulumi-vcc.drift",
    at: report.at,
    cases: [
      ...(error === null ? [] : [failedInspection(error)]),
      ...registrations.map((one) => testCase(one, stack)),
    ],
    output: formatText({ ...report, stacks: [stack] }),
  };
}

function testCase(registration: ReportedRegistration, { project, stack }: StackReport): JunitCase {
  const { fails, resource, region } = registration;
  return {
    name: `${registrationName(registration)} (${resource})`,
    classname: `${project}.${stack}.${region ?? "unknown"}`,
    failure: fails
      ? { type: registration.class, message: describeRegistration(registration) }
      : undefined,
  };
}

function failedInspection(error: string): JunitCase {
  return {
    name: "check failed",
    classname: "pulumi-vcc.drift",
    error: { type: "check failed", message: error },
  };
}
