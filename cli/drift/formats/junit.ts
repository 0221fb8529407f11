import XmlBuilder from "fast-xml-builder";
import type { DriftReport, ReportedRegistration } from "../report/report";
import { describeRegistration, registrationName, reportTitle } from "../report/wording";
import { formatText } from "./text";

/**
 * A JUnit test case for each registration; a failed inspection is a single test case with an error.
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
  const { registrations, error, at } = report;
  const suite = {
    "@name": reportTitle(report),
    "@package": "pulumi-vcc.drift",
    "@id": 0,
    "@timestamp": at.slice(0, "2026-11-22T12:00:00".length),
    "@hostname": "localhost",
    "@tests": error === null ? registrations.length : 1,
    "@failures": report.count,
    "@errors": error === null ? 0 : 1,
    "@time": 0,
    properties: "",
    testcase:
      error === null
        ? registrations.map((one) => testCase(one, report))
        : [failedInspection(error)],
    "system-out": formatText(report),
    "system-err": "",
  };
  return builder
    .build({
      "?xml": { "@version": "1.0", "@encoding": "UTF-8" },
      testsuites: { testsuite: suite },
    })
    .replaceAll(illegal, "\ufffd");
}

/** Characters that XML 1.0 does not allow, not even escaped. */
const illegal = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

function testCase(registration: ReportedRegistration, report: DriftReport) {
  const { fails, resource, region } = registration;
  const message = describeRegistration(registration);
  return {
    "@name": `${registrationName(registration)} (${resource})`,
    "@classname": `${report.project}.${report.stack}.${region ?? "unknown"}`,
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
