import XmlBuilder from "fast-xml-builder";
import type { DriftReport, ReportedRegistration } from "../report";
import { nameOf, sentenceOf, titleOf } from "../wording";
import { formatText } from "./text";

/**
 * A test case for each registration, as JUnit's XML; a look that failed is one test case with an error.
 * It keeps to what both published schemas allow, that of Jenkins and that of Ant: hence the host, the
 * empty elements and the times.
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
    "@name": titleOf(report),
    "@package": "pulumi-vcc.drift",
    "@id": 0,
    "@timestamp": at.slice(0, "2026-11-22T12:00:00".length),
    "@hostname": "localhost",
    "@tests": error === null ? registrations.length : 1,
    "@failures": report.count,
    "@errors": error === null ? 0 : 1,
    "@time": 0,
    properties: "",
    testcase: error === null ? registrations.map((one) => caseOf(one, report)) : [noLook(error)],
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

/** What XML 1.0 cannot hold, however it is escaped. */
const illegal = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

function caseOf(registration: ReportedRegistration, report: DriftReport) {
  const { fails, resource, region } = registration;
  const sentence = sentenceOf(registration);
  return {
    "@name": `${nameOf(registration)} (${resource})`,
    "@classname": `${report.project}.${report.stack}.${region ?? "unknown"}`,
    "@time": 0,
    ...(fails && {
      failure: { "@type": registration.class, "@message": sentence, "#text": sentence },
    }),
  };
}

function noLook(error: string) {
  return {
    "@name": "could not look",
    "@classname": "pulumi-vcc.drift",
    "@time": 0,
    error: { "@type": "could not look", "@message": error, "#text": error },
  };
}
