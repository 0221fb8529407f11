import type { Behaviour } from "../../emulator";
import { formatTable } from "../table";
import type { Findings, Result } from "./run";

export type Outcome = "as documented" | "contradicts" | "could not ask";

/** @see schemas/conformance-1.schema.json */
export interface ConformanceReport {
  version: 1;
  /** When the run began: UTC, RFC 3339. */
  at: string;
  region: string;
  apiUrl: string;
  authUrl: string;
  outcome: Outcome;
  /** The requests that were sent, including tokens and resets. */
  requests: number;
  durationMs: number;
  results: Result[];
  /** What `pulumi-vcc emulator --behaviour-file` takes. */
  behaviour: Partial<Behaviour>;
  problems: string[];
  /** The names that remain at VCC, which cannot delete them. */
  names: Array<{ name: string; reset: boolean }>;
}

export function outcomeOf({ results, problems }: Findings): Outcome {
  if (results.some(({ verdict }) => verdict === "contradicts")) return "contradicts";
  return problems.length > 0 ? "could not ask" : "as documented";
}

/** Each returns a text that ends in a line feed. */
export const conformanceFormats = {
  table: formatReport,
  json: (report: ConformanceReport) => `${JSON.stringify(report, null, 2)}\n`,
} satisfies Record<string, (report: ConformanceReport) => string>;

export type ConformanceFormat = keyof typeof conformanceFormats;

function formatReport({ results, requests, durationMs, names }: ConformanceReport): string {
  const header = ["PROMISE OR SWITCH", "DOCUMENTED", "RESULT", "SEEN", "EVIDENCE"];
  const rows = results.map(({ statement, documented, verdict, seen, evidence }) => [
    statement,
    documented,
    verdict,
    seen ?? "",
    evidence,
  ]);
  const differences = results.flatMap(({ id, breaks, advice, verdict }) =>
    verdict === "contradicts"
      ? [`${id}: ${breaks === null ? "" : `breaks ${breaks}; `}${advice}`]
      : [],
  );
  return [
    ...formatTable(header, rows),
    "",
    ...differences,
    `${requests} requests in ${(durationMs / 1000).toFixed(1)} s`,
    ...names.map(
      ({ name, reset }) =>
        `${JSON.stringify(name)} remains at VCC, ${reset ? "reset" : "NOT reset"}`,
    ),
    "",
  ].join("\n");
}
