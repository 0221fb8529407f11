import type { Log, Result } from "sarif";
import { deviations, meanings } from "../report/classes";
import type { DriftReport, ReportedRegistration } from "../report/report";
import { describeRegistration, reportTitle } from "../report/wording";

const { version, homepage }: { version: string; homepage?: string } =
  require("pulumi-vcc/package.json");

/**
 * SARIF 2.1.0, for tools that show findings in the code: a result for each registration that is not in
 * sync, at the line that declares it. A failed inspection is an unsuccessful execution.
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
        // Distinguishes several stacks in one repository.
        automationDetails: { id: `pulumi-vcc/${reportTitle(report)}/` },
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
        results: registrations.filter((one) => one.class !== "in sync").map(toResult),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function toResult(registration: ReportedRegistration): Result {
  const { location, urn, fails } = registration;
  return {
    ruleId: registration.class,
    ruleIndex: deviations.indexOf(registration.class),
    level: fails ? "error" : "note",
    message: { text: describeRegistration(registration) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: toUri(location.file), uriBaseId: "%SRCROOT%" },
          region: { startLine: location.line, startColumn: location.column },
        },
        logicalLocations: [{ fullyQualifiedName: urn, kind: "resource" }],
      },
    ],
    // Identifies the finding even after its line has moved.
    partialFingerprints: { "registration/v1": urn },
  };
}

function toUri(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}
