import { styleText } from "node:util";
import { code, escapeHtml, formatJson, formatTable, tableRow } from "../formats";
import { annotation, type GitHubReport } from "../github-actions";
import { formatSuites, type JunitCase } from "../junit";
import type { Format } from "../report-outputs";
import type { ReportedRegistration, StackReport, VerifyReport } from "./schema";
import { daysUntil } from "./verdict";

/** Each returns the full report, ending in a line feed. */
export const formats = {
  text: formatText,
  json: formatJson,
  junit: formatJunit,
  markdown: formatMarkdown,
} satisfies Record<string, Format<VerifyReport>>;

export type FormatName = keyof typeof formats;
export const formatNames = Object.keys(formats) as FormatName[];

const colors = {
  works: "green",
  fails: "red",
  "no endpoint": "yellow",
  "not checked": "yellow",
} as const;

const icons = { works: "✅", fails: "❌", "check failed": "❌" };

type Column = [title: string, cell: (registration: ReportedRegistration) => string];

/** Many programs have only the default account. */
function columnsOf({ at, stacks }: VerifyReport): Column[] {
  const all = stacks.flatMap(({ registrations }) => registrations);
  const accountColumn: Column = ["account", ({ account }) => account ?? ""];
  return [
    ["name", quoteName],
    ...(all.some(({ account }) => account !== null) ? [accountColumn] : []),
    ["host", ({ host }) => host ?? ""],
    ["result", ({ result }) => result],
    ["status", ({ requests }) => requests.map(({ status }) => status ?? "none").join(", ")],
    ["time", formatTime],
    [
      "certificate",
      ({ certificateExpiresAt: expiresAt }) =>
        expiresAt === null ? "" : `${daysUntil(Date.parse(expiresAt), Date.parse(at))} d`,
    ],
    ["findings", describeFindings],
  ];
}

function formatText(
  report: VerifyReport,
  { color = false, width = Number.POSITIVE_INFINITY } = {},
): string {
  const columns = columnsOf(report);
  const header = columns.map(([title]) => title.toUpperCase());
  return report.stacks
    .flatMap((stack, index) => {
      const { registrations } = stack;
      const rows = registrations.map((one) => columns.map(([, cell]) => escapeControls(cell(one))));
      const paint = (cell: string, row: number, column: number) => {
        const result = registrations[row]?.result;
        return color && header[column] === "RESULT" && result !== undefined
          ? styleText(colors[result], cell, { validateStream: false })
          : cell;
      };
      const table = rows.length > 0 ? ["", ...formatTable(header, rows, { width, paint })] : [];
      return [
        ...(index > 0 ? [""] : []),
        escapeControls(`${stackTitle(stack)}: ${summarize(stack)}`),
        ...table,
      ];
    })
    .concat("")
    .join("\n");
}

function formatMarkdown(report: VerifyReport): string {
  const columns = columnsOf(report);
  return report.stacks
    .flatMap((stack) => [
      `### ${icons[stack.outcome]} VCC: ${escapeHtml(summarize(stack))}`,
      ...(stack.project === null ? [] : [`Stack ${code(stackTitle(stack))}`]),
      ...(stack.registrations.length > 0
        ? [
            [
              tableRow(columns.map(([title]) => title)),
              tableRow(columns.map(() => "---")),
              ...stack.registrations.map((one) =>
                tableRow(columns.map(([, cell]) => escapeHtml(cell(one)))),
              ),
            ].join("\n"),
          ]
        : []),
    ])
    .concat("")
    .join("\n\n");
}

function formatJunit(report: VerifyReport): string {
  return formatSuites(
    report.stacks.map((stack) => ({
      name: stackTitle(stack),
      package: "pulumi-vcc.verify",
      at: report.at,
      cases: [
        ...(stack.error === null ? [] : [testError("check failed", stack.error)]),
        ...stack.registrations.map((one) => testCase(one, stack)),
      ],
      output: formatText({ ...report, stacks: [stack] }),
    })),
  );
}

function testCase(registration: ReportedRegistration, { project, stack }: StackReport): JunitCase {
  const { result, reason, findings, resource, region } = registration;
  const name = `${quoteName(registration)} (${resource})`;
  if (reason !== null) return testError(name, reason);
  const message = describeFindings(registration);
  return {
    name,
    classname: `${project}.${stack}.${region ?? "unknown"}`,
    failure: result === "fails" ? { type: findings[0]?.id ?? result, message } : undefined,
  };
}

function testError(name: string, message: string): JunitCase {
  return { name, classname: "pulumi-vcc.verify", error: { type: "check failed", message } };
}

/** The job summary, and an annotation for each failure. */
export function formatGitHub(report: VerifyReport): GitHubReport {
  const annotations = report.stacks.flatMap((stack) => [
    ...(stack.error === null
      ? []
      : [annotation({ title: `VCC verify: check failed: ${stackTitle(stack)}` }, stack.error)]),
    ...stack.registrations
      .filter(({ result }) => result === "fails" || result === "not checked")
      .map((one) =>
        annotation(
          { title: `VCC verify: ${one.result}` },
          `${quoteName(one)}: ${describeFindings(one)}`,
        ),
      ),
  ]);
  return { annotations, summary: formatMarkdown(report) };
}

/** A terminal would obey them. */
function escapeControls(text: string): string {
  return text.replace(
    /\p{Cc}/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function stackTitle({ organization, project, stack }: StackReport): string {
  return [organization, project, stack].filter(Boolean).join("/") || "pulumi-vcc verify";
}

function summarize({ error, registrations, count }: StackReport): string {
  if (error !== null) return `check failed: ${error}`;
  const checked = registrations.filter(({ result }) => result !== "no endpoint");
  if (checked.length === 0) return "no registrations with an endpoint";
  const all = `${checked.length} registration${checked.length === 1 ? "" : "s"}`;
  const unchecked = checked.filter(({ result }) => result === "not checked").length;
  const problems = [
    ...(count > 0 ? [`${count} of ${all} ${count === 1 ? "does" : "do"} not work`] : []),
    ...(unchecked > 0 ? [`${unchecked} of ${all} not checked`] : []),
  ];
  return problems.join(", ") || `${all} ${checked.length === 1 ? "works" : "work"}`;
}

/** The registered name, otherwise the one in Pulumi. */
function quoteName({ provider, resource }: ReportedRegistration): string {
  return JSON.stringify(provider ?? `(${resource})`);
}

function formatTime({ requests }: ReportedRegistration): string {
  if (requests.length === 0) return "";
  const slowest = Math.max(...requests.map(({ durationMs }) => durationMs));
  return `${(slowest / 1000).toFixed(1)} s`;
}

/** Failures, and then warnings. */
function describeFindings({ findings, reason, verifiedAt }: ReportedRegistration): string {
  return [
    ...(reason === null ? [] : [reason]),
    ...(verifiedAt === null ? [] : [`VCC used it at ${verifiedAt}`]),
    ...findings.map(({ severity, message }) =>
      severity === "warning" ? `warning: ${message}` : message,
    ),
  ].join(". ");
}
