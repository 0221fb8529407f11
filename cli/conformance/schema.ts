import * as z from "zod/mini";
import { regions } from "../../provider/accounts/settings";
import { count, listOf, text, time } from "../report-fields";

const value = z.union([z.string(), z.number(), z.boolean()]);

const Result = z.object({
  id: text("A name, or that of the emulator's switch."),
  documented: text("What VCC's documentation says."),
  verdict: z.enum(["as documented", "contradicts", "observed", "unclear", "not asked"]),
  value: z
    .nullable(value)
    .check(z.describe("The value of the switch; null for others, and if it is unknown.")),
  evidence: text("The response, redacted, or why there is none."),
});

const RegisteredName = z.object({ name: z.string(), reset: z.boolean() });

export interface Result extends z.infer<typeof Result> {}
export interface ConformanceReport extends z.infer<typeof ConformanceReport> {}
export const ConformanceReport = z
  .object({
    version: z.literal(1),
    at: time("When the run began, UTC."),
    region: z.enum(regions),
    apiUrl: z.string(),
    authUrl: z.string(),
    outcome: z.enum(["as documented", "contradicts", "incomplete"]),
    requests: count("Without those of the reset."),
    results: z.array(Result),
    behavior: z
      .record(z.string(), value)
      .check(z.describe("The known switches, for `pulumi-vcc emulator --behavior-file`.")),
    problems: listOf(z.string(), "Why some checks could not run."),
    names: listOf(RegisteredName, "The names that remain at VCC."),
  })
  .check(
    z.meta({
      title: "Conformance report of pulumi-vcc, version 1",
      description:
        "The output of `pulumi-vcc conformance --format json`. While `version` is 1, fields may be added, " +
        "but existing ones keep their meaning.",
    }),
  );
