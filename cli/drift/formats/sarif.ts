import type { Log, Result } from "sarif";
import { type DriftClass, driftClasses, meanings } from "../classes";
import type { DriftReport, ReportedRegistration } from "../report";
import { sentenceOf, titleOf } from "../wording";

const { version, homepage }: { version: string; homepage?: string } =
  require("pulumi-vcc/package.json");

const deviations: DriftClass[] = driftClasses.filter((driftClass) => driftClass !== "in sync");

/**
 * SARIF 2.1.0, for tools that show findings beside the code: a result for each registration that is
 * not in sync, at the line that declares it. A look that failed is an execution without success.
 */
export function formatSarif(report: DriftReport): string {
  const { error, registrations, at } = report;
  const log: Log = {
    version: "2.1.0",
    $schema:
      "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    runs: [
      {
        tool: {
          driver: {
            name: "pulumi-vcc",
            version,
            ...(homepage !== undefined && { informationUri: homepage }),
            rules: deviations.map((driftClass) => ({
              id: driftClass,
              shortDescription: { text: `VCC registration is ${driftClass}` },
              fullDescription: { text: meanings[driftClass] },
            })),
          },
        },
        // Tells the runs of several stacks of one repository apart.
        automationDetails: { id: `pulumi-vcc/${titleOf(report)}/` },
        invocations: [
          {
            executionSuccessful: error === null,
            endTimeUtc: at,
            ...(error !== null && {
              toolExecutionNotifications: [{ level: "error", message: { text: error } }],
            }),
          },
        ],
        columnKind: "utf16CodeUnits",
        results: registrations.filter((one) => one.class !== "in sync").map(resultOf),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function resultOf(registration: ReportedRegistration): Result {
  const { location, urn, fails } = registration;
  return {
    ruleId: registration.class,
    ruleIndex: deviations.indexOf(registration.class),
    level: fails ? "error" : "note",
    message: { text: sentenceOf(registration) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(location.file), uriBaseId: "%SRCROOT%" },
          region: { startLine: location.line, startColumn: location.column },
        },
        logicalLocations: [{ fullyQualifiedName: urn, kind: "resource" }],
      },
    ],
    // The same finding is the same one wherever its line moves to.
    partialFingerprints: { "registration/v1": urn },
  };
}

function uriOf(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}
