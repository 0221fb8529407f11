import XmlBuilder from "fast-xml-builder";
import type { DriftReport, ReportedRegistration, StackReport } from "../report/report";
import { describeRegistration, registrationName, stackTitle } from "../report/wording";
import { formatText } from "./text";

/**
 * A JUnit test suite for each stack, with a test case for each registration; a failed inspection is a
 * test case with an error.
 * Host, times and empty elements are there to satisfy both published schemas, Jenkins's and Ant's.
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
      testsuites: { testsuite: report.stacks.map((stack, id) => testSuite(stack, id, report)) },
    })
    .replaceAll(illegal, "\ufffd");
}

/** Characters that XML 1.0 does not allow, not even escaped. */
const illegal = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

function testSuite(stack: StackReport, id: number, report: DriftReport) {
  const { registrations, error, count } = stack;
  const cases = [
    ...(error === null ? [] : [failedInspection(error)]),
    ...registrations.map((one) => testCase(one, stack)),
  ];
  return {
    "@name": stackTitle(stack),
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
    "@name": "could not look",
    "@classname": "pulumi-vcc.drift",
    "@time": 0,
    error: { "@type": "could not look", "@message": error, "#text": error },
  };
}
