import * as z from "zod/mini";
import { count, flag, listOf, text, textOrNull, time, timeOrNull } from "../report-fields";
import { findings } from "./verdict";

const names = Object.keys(findings) as Array<keyof typeof findings>;
const findingList = Object.entries(findings)
  .map(([name, meaning]) => `\`${name}\`: ${meaning}`)
  .join(" ");

const Finding = z.object({
  id: z.enum(names).check(z.describe(`What was found. ${findingList}`)),
  severity: z
    .enum(["failure", "warning"])
    .check(z.describe("A failure means that the registration does not work.")),
  message: text("What was found and what to do, for people."),
});

const Request = z.object({
  request: text(
    "What was sent: `AssignToAgent`, `without secret headers`, `with wrong secrets` or `Release`.",
  ),
  status: z
    .nullable(z.int())
    .check(z.describe("The HTTP status of the response; null without a response.")),
  durationMs: count("Until the end of the response, in milliseconds."),
});

const Registration = z.object({
  urn: text("The URN of the resource in Pulumi."),
  resource: text("The logical name of the resource in Pulumi."),
  provider: textOrNull("The registered name; null while the program does not know it."),
  region: textOrNull("The VCC region, like `emea`; null while it is unknown."),
  account: textOrNull("The named account (`vcc:accounts`); null for the default account."),
  host: textOrNull("The host of its endpoint; null if that is secret, or without an endpoint."),
  result: z
    .enum(["works", "fails", "no endpoint", "not checked"])
    .check(
      z.describe(
        "`fails`: at least one finding is a failure. `not checked`: the check is incomplete, or nothing was sent; `reason` says why.",
      ),
    ),
  reason: textOrNull("Why it was not checked, for people; null otherwise."),
  findings: listOf(Finding, "Failures come first."),
  requests: listOf(Request, "In the order of sending."),
  addresses: listOf(
    z.string(),
    "The IP addresses of the host, as resolved here. Empty if a proxy resolves them, or if the endpoint is secret.",
  ),
  certificateExpiresAt: timeOrNull("When the certificate of the host expires, UTC."),
  verifiedAt: timeOrNull(
    "With `--invoke`: when the witness saw VCC use the registration, UTC, by the witness's clock.",
  ),
});

const outcomes = ["works", "check failed", "fails"] as const;

const Stack = z.object({
  organization: textOrNull("The organization in Pulumi Cloud; null if there is none, or unknown."),
  project: textOrNull("The Pulumi project; null if it is unknown."),
  stack: textOrNull("The Pulumi stack; null if it is unknown."),
  outcome: z.enum(outcomes),
  error: textOrNull("Why the stack could not be read, and what to do next; null otherwise."),
  count: count("The number of registrations that fail."),
  registrations: listOf(Registration, "Those that fail come first."),
});

export interface VerifyReport extends z.infer<typeof VerifyReport> {}
export interface StackReport extends z.infer<typeof Stack> {}
export interface ReportedRegistration extends z.infer<typeof Registration> {}
/** The content of every format. The JSON format is this object unchanged. */
export const VerifyReport = z
  .object({
    version: z.literal(1),
    at: time("When the check began, UTC."),
    source: z
      .enum(["registered", "declared"])
      .check(z.describe("Whose headers were sent: of the last registration, or of the program.")),
    probesRejection: flag("Whether requests were sent that the endpoint must refuse."),
    outcome: z
      .enum(outcomes)
      .check(
        z.describe(
          "The worst outcome of a stack, in this order. `works`, exit code 0. `check failed`, exit code 1: not " +
            "everything could be checked, but nothing fails. `fails`, exit code 2: at least one registration fails.",
        ),
      ),
    count: count("The number of registrations that fail, in all stacks."),
    stacks: listOf(Stack, "In the order of the options."),
  })
  .check(
    z.meta({
      title: "Verify report of pulumi-vcc, version 1",
      description:
        "The output of `pulumi-vcc verify --format json`. While `version` is 1, fields and findings may be " +
        "added, but existing ones keep their meaning.",
    }),
  );
