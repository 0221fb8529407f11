import { stripVTControlCharacters } from "node:util";
import { settings } from "../../provider/accounts/settings";
import { redact } from "../../provider/vcc/redact";
import { oldestNode } from "../../provider/versions";
import { InspectionError } from "../errors";
import { parseJson } from "../formats";
import { secretsIn } from "./environment";
import type { PulumiResult } from "./pulumi";

/** Names in errors of Pulumi and of programs, which must not be masked. */
const names = [
  ...Object.entries(settings).flatMap(([name, { environmentVariable }]) => [
    name,
    environmentVariable,
  ]),
  ...["VccProvider", "TypeError", "PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"],
];

/** The next step for a project in another language. */
export const nodeProjectsOnly =
  "VccProvider works in Node.js projects only; pass the directory of one with --cwd";

/** Pulumi runs the first Node.js of the PATH, which may not be the one that runs this command. */
const nodeOnPath = `put Node.js ${oldestNode} or newer first on the PATH`;

/** The CLI's most common errors, each with the next step. */
const nextSteps: Array<[RegExp, string]> = [
  [
    new RegExp(`Node\\.js ${oldestNode} or newer is required|Unknown file extension "\\.ts"`),
    nodeOnPath,
  ],
  [/no Pulumi\.yaml/, "run this in the directory of Pulumi.yaml, or in one below it"],
  [
    /PULUMI_ACCESS_TOKEN must be set/,
    "run `pulumi login`, or `pulumi login --local` to keep the state on this machine; in CI, set PULUMI_BACKEND_URL or PULUMI_ACCESS_TOKEN",
  ],
  [
    /passphrase must be set/,
    "use the one that the stack was created with; stacks with different ones need separate runs",
  ],
  [
    /passphrase/,
    "set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE to the stack's passphrase",
  ],
  [/vcc:region .* is required/, "run `pulumi config set vcc:region <region>`, or set VCC_REGION"],
  [
    /cannot be deleted/,
    "it is protected: declare it again, or unprotect it with `pulumi state unprotect`",
  ],
  [/no stack named/, "`pulumi stack ls` lists the stacks"],
  [/no stack selected/, "or pass --stack, or create one with `pulumi stack init`"],
  [/SDK has not been installed/, "run `npm install` in the directory of Pulumi.yaml"],
  [/language plugin (?!nodejs)/, nodeProjectsOnly],
  [/unknown (command|flag)/, "install a newer pulumi (https://www.pulumi.com/docs/install)"],
  [/currently locked|another update is/i, "retry when it has finished"],
];

/**
 * Extracts the error from the CLI's output, as one line. The CLI quotes what the program throws, so
 * secrets are masked.
 *
 * @param secrets in addition to those in the environment
 */
export function toInspectionError(
  { stdout, stderr }: PulumiResult,
  secrets: string[] = [],
): InspectionError {
  const errors = previewErrors((parseJson(stdout) ?? {}) as PreviewDiagnostics);
  const lines = (errors.length > 0 ? errors : [stderr]).map(firstError);
  const reason =
    [...new Set(lines)].filter(Boolean).join("; ") || "pulumi failed without an error message";
  const known = nextSteps.find(([pattern]) => pattern.test(reason));
  return new InspectionError(
    redact(reason, [...secretsIn(process.env), ...secrets], names),
    known?.[1] ?? "run `pulumi preview` for the full output",
  );
}

export function previewErrors({ diagnostics = [] }: PreviewDiagnostics): string[] {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  // The engine's error if its language host exits. The host has printed the cause.
  const causes = errors.some(({ message }) => message.includes("error reading from server: EOF"))
    ? diagnostics.filter(
        ({ severity, message }) => severity === "info#err" && message.startsWith("error: "),
      )
    : [];
  return (causes.length > 0 ? causes : errors).map(({ message }) => message);
}

export interface PreviewDiagnostics {
  diagnostics?: Array<{ message: string; severity: string }>;
}

/** Characters. A program can throw an error of any length. */
const maxReasonLength = 1000;

/**
 * The first error line, without the stack trace. A line that ends in a colon is joined with the next
 * one.
 */
function firstError(text: string): string {
  const lines = stripVTControlCharacters(text)
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
  const start = Math.max(
    0,
    lines.findIndex((line) => line.startsWith("error:")),
  );
  const end = lines.findIndex((line, index) => index >= start && !line.endsWith(":"));
  const message = lines.slice(start, end === -1 ? undefined : end + 1).join(" ");
  const reason = message.replace(/^error: /, "").replaceAll(/\p{Cc}/gu, " ");
  return reason.length > maxReasonLength ? `${reason.slice(0, maxReasonLength - 1)}…` : reason;
}
