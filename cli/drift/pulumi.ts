import { execFile } from "node:child_process";
import { stripVTControlCharacters } from "node:util";
import { CouldNotLookError } from "./could-not-look";

export interface PulumiResult {
  failed: boolean;
  stdout: string;
  stderr: string;
}

/**
 * Runs the user's own Pulumi CLI, which asks nothing back.
 *
 * @throws CouldNotLookError when there is none
 */
export function pulumi(args: string[], directory: string): Promise<PulumiResult> {
  return new Promise((resolve, reject) => {
    execFile(
      "pulumi",
      [...args, "--non-interactive", "--color", "never"],
      {
        cwd: directory,
        maxBuffer: Number.POSITIVE_INFINITY,
        // Otherwise `preview --json` may answer in another form.
        env: { ...process.env, PULUMI_ENABLE_STREAMING_JSON_PREVIEW: "false" },
      },
      (error, stdout, stderr) => {
        // A text, where the operating system and not the CLI told of the error.
        if (typeof error?.code === "string") {
          reject(noCli(error.code));
        } else {
          resolve({ failed: error !== null, stdout, stderr });
        }
      },
    );
  });
}

function noCli(code: string): CouldNotLookError {
  const install = "install it (https://www.pulumi.com/docs/install) and put it on the PATH";
  return code === "ENOENT"
    ? new CouldNotLookError("there is no pulumi on the PATH", install)
    : new CouldNotLookError(`pulumi cannot be started (${code})`, install);
}

/** What a person would do about the commonest of the CLI's own reasons. */
const nextSteps: Array<[RegExp, string]> = [
  [
    /passphrase/,
    "set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE to that of the stack",
  ],
  [
    /cannot be deleted/,
    "it is protected: declare it again, or end that with `pulumi state unprotect`",
  ],
  [/no stack named/, "see `pulumi stack ls` for those that there are"],
  [/no stack selected/, "give one with --stack"],
  [
    /language plugin (?!nodejs)/,
    "only programs for Node.js declare a VccProvider: give the directory of one with --cwd",
  ],
  [/unknown (command|flag)/, "install a newer pulumi (https://www.pulumi.com/docs/install)"],
  [/currently locked|another update is/i, "try again when it has ended"],
];

/** Of all that the CLI writes for people, what went wrong, in one line. */
export function reasonOf({ stdout, stderr }: PulumiResult): CouldNotLookError {
  const errors = errorsOf((parseJson(stdout) ?? {}) as PreviewDiagnostics);
  const told = errors.length > 0 ? errors : [stderr];
  const reasons = [...new Set(told.map(firstError))].filter((reason) => reason !== "");
  const reason = reasons.join("; ") || "pulumi ended with an error and without a reason";
  const known = nextSteps.find(([pattern]) => pattern.test(reason));
  return new CouldNotLookError(reason, known?.[1] ?? "`pulumi preview` shows it whole");
}

/** What a preview in JSON tells of as errors. */
export function errorsOf({ diagnostics = [] }: PreviewDiagnostics): string[] {
  return diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message);
}

export interface PreviewDiagnostics {
  diagnostics?: Array<{ message: string; severity: string }>;
}

/** A program may throw anything; a report has to stay one that can be read. Unit: characters. */
const longestReason = 1000;

/** The first line, and those after it as long as each announces the next, without the stack trace. */
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
  const told = lines.slice(start, end === -1 ? undefined : end + 1).join(" ");
  const reason = told.replace(/^error: /, "").replaceAll(/\p{Cc}/gu, " ");
  return reason.length > longestReason ? `${reason.slice(0, longestReason - 1)}…` : reason;
}

/** Nothing where it is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
