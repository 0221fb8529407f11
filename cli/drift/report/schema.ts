import * as z from "zod/mini";
import { count, flag, listOf, text, textOrNull, time, timeOrNull } from "../../report-fields";
import { classNames, driftClasses, outcomeNames, outcomes } from "./classes";

const position = z.int().check(z.minimum(1));
const outcome = (description: string) => z.enum(outcomeNames).check(z.describe(description));

const outcomeList = Object.entries(outcomes)
  .map(([name, { meaning, exitCode }]) => `\`${name}\`, exit code ${exitCode}: ${meaning}`)
  .join(" ");
const classList = Object.entries(driftClasses)
  .map(([name, { meaning }]) => `\`${name}\`: ${meaning}`)
  .join(" ");

const SourceLocation = z.object({
  file: text(
    "Path with slashes, relative to the root of the repository, or of the project if there is no repository.",
  ),
  line: position,
  column: position,
});

const Registration = z.object({
  urn: text("The URN of the resource in Pulumi."),
  resource: text("The logical name of the resource in Pulumi."),
  provider: textOrNull(
    "The registered name; null while the program does not know it, or if it is secret.",
  ),
  region: textOrNull("The VCC region, like `emea`; null while it is unknown."),
  account: textOrNull("The named account (`vcc:accounts`); null for the default account."),
  class: z.enum(classNames).check(z.describe(`The result of the drift check. ${classList}`)),
  fails: flag("Whether its class is listed in `--fail-on`."),
  urgency: z
    .nullable(z.enum(["now", "up"]))
    .check(
      z.describe(
        "`now`: somebody must act. `up`: it waits for the next `pulumi up`. Null: neither.",
      ),
    ),
  situation: textOrNull("What may be wrong at VCC, for people; null unless somebody must act now."),
  verified: flag(
    "Whether a witness has seen VCC use what was last registered, and nothing else since. Always false " +
      "without a witness, because the VCC API has no read endpoint.",
  ),
  verifiedAt: timeOrNull(
    "When a witness last saw VCC use it, UTC, by the witness's clock; null if none has.",
  ),
  changed: listOf(
    z.string(),
    "The properties that differ, sorted; headers by name, like `headers.Authorization`, never by value.",
  ),
  ignored: listOf(
    z.string(),
    "The properties whose changes the program ignores (`ignoreChanges`), so that the check cannot see them.",
  ),
  unresolved: listOf(
    z.string(),
    "The environment variables of headers that this run does not set, so that it could not compare these headers.",
  ),
  registeredAt: timeOrNull("When VCC last acknowledged it, UTC; null if it never has."),
  ageS: z
    .nullable(z.int().check(z.minimum(0)))
    .check(z.describe("Whole seconds from `registeredAt` to `at`; null without `registeredAt`.")),
  evidence: text("What the class is based on, for people."),
  repair: textOrNull(
    "The command that repairs it and nothing else, for a POSIX shell; null if no repair is needed or possible.",
  ),
  advice: textOrNull("What to do if no command repairs it, for people; null if nothing."),
  runbook: text("The URL of what the runbook says about its class."),
  location: z
    .nullable(SourceLocation)
    .check(z.describe("Where the program declares it; null if that is unknown.")),
});

const Repair = z.object({
  class: z.enum(classNames),
  resources: listOf(z.string(), "The logical names of the resources that it registers again."),
  command: text("For a POSIX shell. It changes no other resource."),
});

const Account = z.object({
  account: textOrNull("The named account; null for the default account."),
  registrations: z.int().check(z.minimum(1)),
  count: count("The number of them that fail."),
});

const Stack = z
  .object({
    organization: textOrNull(
      "The organization in Pulumi Cloud; null if the backend has none, or if it is unknown.",
    ),
    project: textOrNull("The Pulumi project; null if it is unknown."),
    stack: textOrNull("The Pulumi stack; null if it is unknown."),
    outcome: outcome(outcomeList),
    error: textOrNull(
      "Why the inspection failed and what to do next; null unless the outcome is `check failed`. The " +
        "registrations are then what it found before.",
    ),
    count: count("The number of registrations that fail."),
    repair: textOrNull(
      "The command that repairs all that fail, as far as one can, for a POSIX shell; null if there is none.",
    ),
    repairs: listOf(
      Repair,
      "What `--repair` runs, in this order: one command for each class that is registered again.",
    ),
    update: textOrNull(
      "The command for what fails and waits for `pulumi up`, for a POSIX shell. It applies all changes of " +
        "the program; `--repair` runs it only with `--all-causes`. Null if nothing waits.",
    ),
    accounts: listOf(Account, "The number of registrations in each account."),
    registrations: listOf(Registration, "Those that fail come first."),
  })
  .check(
    z.meta({
      if: { properties: { outcome: { const: "check failed" } } },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: { properties: { error: { type: "string" } } },
      else: {
        properties: {
          error: { type: "null" },
          project: { type: "string" },
          stack: { type: "string" },
        },
      },
    }),
  );

const Change = z.object({
  stack: text("`organization/project/stack`, as far as they are known."),
  urn: textOrNull("The URN of the resource; null if the whole stack changed."),
  provider: textOrNull("The name at VCC; null for a stack."),
  before: textOrNull(
    "The class in the earlier report; for a stack, `checked` or `check failed`. Null if it was not there.",
  ),
  after: textOrNull("The same for this report. Null if it is gone."),
});

export interface DriftReport extends z.infer<typeof DriftReport> {}
export interface StackReport extends z.infer<typeof Stack> {}
export interface AccountCount extends z.infer<typeof Account> {}
export interface ReportedRegistration extends z.infer<typeof Registration> {}
export interface ReportedRepair extends z.infer<typeof Repair> {}
export interface Change extends z.infer<typeof Change> {}
/** The content of every format. The JSON format is this object unchanged. */
export const DriftReport = z
  .object({
    version: z.literal(2),
    at: time("When the inspection began, UTC."),
    outcome: outcome(`The worst outcome of a stack, in this order. ${outcomeList}`),
    count: count("The number of registrations that fail, in all stacks."),
    warnings: listOf(z.string(), "What may make the report incomplete, for people."),
    stacks: z.array(Stack).check(z.minLength(1)),
    changes: z.optional(
      listOf(Change, "What differs from the report that `--since` names; missing without it."),
    ),
  })
  .check(
    z.meta({
      title: "Drift report of pulumi-vcc, version 2",
      description:
        "The output of `pulumi-vcc drift --format json`. While `version` is 2, fields and classes may be " +
        "added, but existing ones keep their meaning. Treat an unknown class as not in sync.",
    }),
  );
