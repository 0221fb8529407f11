import { createHash } from "node:crypto";
import type { Log, Result, Run } from "sarif";
import { type DriftClass, driftClasses, isGood, meanings } from "../report/classes";
import type { DriftReport, ReportedRegistration, StackReport } from "../report/report";
import { describeRegistration, stackTitle } from "../report/wording";

const { version, homepage }: { version: string; homepage?: string } =
  require("pulumi-vcc/package.json");

const rules: DriftClass[] = driftClasses.filter((driftClass) => !isGood(driftClass));

/**
 * SARIF 2.1.0, for tools that show findings in the code: a run for each stack, and a result for each of
 * its registrations that is not in sync, at the line that declares it. A failed inspection is an
 * unsuccessful execution.
 */
export function formatSarif({ stacks, at }: DriftReport): string {
  const log: Log = {
    version: "2.1.0",
    $schema:
      "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    runs: stacks.map((stack) => toRun(stack, at)),
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function toRun(stack: StackReport, at: string): Run {
  const { error, registrations } = stack;
  // An upload closes the alerts of its category that it does not contain.
  const category = error === null ? stackTitle(stack) : `could not look/${stackTitle(stack)}`;
  return {
    tool: {
      driver: {
        name: "pulumi-vcc",
        version,
        ...(homepage !== undefined && { informationUri: homepage }),
        rules: rules.map((driftClass) => ({
          id: driftClass,
          shortDescription: { text: `VCC registration is ${driftClass}` },
          fullDescription: { text: meanings[driftClass] },
        })),
      },
    },
    // Distinguishes several stacks in one repository.
    automationDetails: { id: `pulumi-vcc/${category}/` },
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
    results: registrations.filter((one) => !isGood(one.class)).map(toResult),
  };
}

function toResult(registration: ReportedRegistration): Result {
  const { location, urn, fails } = registration;
  return {
    ruleId: registration.class,
    ruleIndex: rules.indexOf(registration.class),
    level: fails ? "error" : "note",
    message: { text: describeRegistration(registration) },
    locations: [
      {
        ...(location !== null && {
          physicalLocation: {
            artifactLocation: { uri: toUri(location.file), uriBaseId: "%SRCROOT%" },
            region: { startLine: location.line, startColumn: location.column },
          },
        }),
        logicalLocations: [{ fullyQualifiedName: urn, kind: "resource" }],
      },
    ],
    // Identifies the finding even after its line has moved. GitHub reads only the second one, and
    // otherwise takes all registrations that one line declares in a loop for the same finding.
    partialFingerprints: {
      "registration/v1": urn,
      primaryLocationLineHash: createHash("sha256").update(urn).digest("hex").slice(0, 32),
    },
  };
}

function toUri(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}
