import XmlBuilder from "fast-xml-builder";
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
 * registration. A failed inspection is a test case with an error. Host, times and empty elements satisfy
 * both published schemas, Jenkins's and Ant's.
 */
export function formatJunit(report: DriftReport): string {
  const builder = new XmlBuilder({
    ignoreAttributes: false,
    attributeNamePrefix: "@",
    suppressBooleanAttributes: false,
    suppressEmptyNode: true,
    format: true,
  });
  return builder
    .build({
      "?xml": { "@version": "1.0", "@encoding": "UTF-8" },
      testsuites: {
        testsuite: report.stacks
          .flatMap(splitByAccount)
          .map((suite, id) => testSuite(suite, id, report)),
      },
    })
    .replaceAll(illegal, "\ufffd");
}

/** Characters that XML 1.0 does not allow, not even escaped. */
const illegal = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

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

function testSuite({ title, stack }: Suite, id: number, report: DriftReport) {
  const { registrations, error, count } = stack;
  const cases = [
    ...(error === null ? [] : [failedInspection(error)]),
    ...registrations.map((one) => testCase(one, stack)),
  ];
  return {
    "@name": title,
    "@package": "pulumi-vcc.drift",
    "@id": id,
    "@timestamp": report.at.slice(0, "2026-11-22T12:00:00".length),
    "@hostname": "localhost",
    "@tests": cases.length,
    "@failures": count,
    "@errors": error === null ? 0 : 1,
    "@time": 0,
    properties: "",
    testcase: cases,
    "system-out": formatText({ ...report, stacks: [stack] }),
    "system-err": "",
  };
}

function testCase(registration: ReportedRegistration, { project, stack }: StackReport) {
  const { fails, resource, region } = registration;
  const message = describeRegistration(registration);
  return {
    "@name": `${registrationName(registration)} (${resource})`,
    "@classname": `${project}.${stack}.${region ?? "unknown"}`,
    "@time": 0,
    ...(fails && {
      failure: { "@type": registration.class, "@message": message, "#text": message },
    }),
  };
}

function failedInspection(error: string) {
  return {
    "@name": "check failed",
    "@classname": "pulumi-vcc.drift",
    "@time": 0,
    error: { "@type": "check failed", "@message": error, "#text": error },
  };
}
