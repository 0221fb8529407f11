import type { InspectedRegistration } from "../../../../cli/drift/inspection/registrations";
import { formats } from "../../../../cli/drift/output/outputs";
import { formatText } from "../../../../cli/drift/output/text";
import { failing } from "../../../../cli/drift/report/classes";
import { createReport } from "../../../../cli/drift/report/create-report";
import { parseJunit, parseReport } from "../../../report-formats";
import { errorReportOf, nowMs, registration, reportOf, rotated } from "../samples";

const runbook = "https://github.com/pulumi-vcc/pulumi-vcc/blob/main/docs/runbook.md";
const unverified = `Unverified: the VCC API has no read endpoint, so what VCC holds cannot be checked. Next step: add a witness (${runbook}#in-sync).`;
const reason = "no stack named 'x' found; see …";
const error = errorReportOf(reason);
const withError = (text: string | null) => ({
  ...error,
  stacks: error.stacks.map((stack) => ({ ...stack, error: text })),
});

/** Valid names at VCC that contain the syntax of some format. */
const hostile = [
  "]]><!-- & \"quoted\" 'it's' </testcase>",
  "a | b ``` <script>alert(1)</script> @everyone #1 [x](y) -->",
  "::error::a, 100%",
  "\ufffe\ud800 not in XML",
  "true",
  "‮ 名前 🎧",
].map((provider, index) => ({
  ...rotated,
  provider,
  resource: `${provider}-${index}`,
  urn: `${registration.urn}${provider}`,
}));

const other = { ...registration, provider: "Other" };
const overwritten = "VCC has used another registration (x) since 2026-11-22T02:14:09.120Z";
const drifted = {
  ...registration,
  provider: "Crm drifted",
  urn: `${registration.urn}-drifted`,
  operation: "update",
  changed: ["drift", "endpoint"],
  drift: `drifted: ${overwritten}`,
};

describe("text", () => {
  it("is a table that marks registrations in sync as unverified", () => {
    expect(
      formatText(reportOf([other, rotated])),
    ).toBe(`project/dev: 1 of 2 registrations is not as declared

Waits for \`pulumi up\`:
  pending: "Crm" (${runbook}#pending)
To apply all changes of the program:
  pulumi up --stack dev

REGION  NAME     CLASS                 CHANGED                AGE  EVIDENCE
emea    "Crm"    pending               headers.Authorization  2 d  registered 2026-11-20T12:00:00.000Z
emea    "Other"  in sync (unverified)                         2 d  registered 2026-11-20T12:00:00.000Z

${unverified}
`);
  });

  it("has colors only if requested", () => {
    expect(formatText(reportOf([rotated]), { color: true })).toContain("\u001b[33mpending");
    expect(formatText(reportOf([rotated]))).not.toContain("\u001b");
  });

  it("begins with what needs somebody now, and what its command leaves alone", () => {
    expect(formatText(reportOf([drifted, other, rotated]))).toBe(
      `project/dev: 2 of 3 registrations are not as declared

Needs somebody now:

"Crm drifted" is drifted. Since 2026-11-22 02:14 UTC, VCC has sent notifications under a registration other than the last one of this stack. Headers, permissions or endpoint may differ. A repair also applies its own change of endpoint.
To repair only what is drifted:
  pulumi up --refresh --run-program --stack dev --target ${drifted.urn}
This leaves the others as they are: 1 pending.
Runbook: ${runbook}#drifted

Waits for \`pulumi up\`:
  pending: "Crm" (${runbook}#pending)
To apply all changes of the program:
  pulumi up --stack dev

REGION  NAME           CLASS                 CHANGED                AGE  EVIDENCE
emea    "Crm drifted"  drifted               drift, endpoint        2 d  ${overwritten}
emea    "Crm"          pending               headers.Authorization  2 d  registered 2026-11-20T12:00:00.000Z
emea    "Other"        in sync (unverified)                         2 d  registered 2026-11-20T12:00:00.000Z

${unverified}
`,
    );
  });

  it("orders the causes if an update would forget one of them", () => {
    const order = "Repair in this order: any update forgets which operations were interrupted.";
    const interrupted = { ...registration, interrupted: "updating" };
    expect(formatText(reportOf([drifted, interrupted]))).toContain(
      `Needs somebody now:\n${order}\n\n"Crm" is unknown.`,
    );
    expect(formatText(reportOf([interrupted]))).not.toContain(order);
  });

  it("describes ten of a class, and counts the others", () => {
    const many = Array.from({ length: 12 }, (_, n) => ({ ...drifted, provider: `P${n}` }));
    for (const text of [formatText(reportOf(many)), formats.markdown(reportOf(many))]) {
      expect(text.match(/other than the last one/g)).toHaveLength(10);
      expect(text).toMatch(/2 more are \[?drifted/);
    }
  });

  it("says that an update also resets what is orphaned", () => {
    const report = reportOf([{ ...registration, operation: "delete" }]);
    for (const text of [formatText(report), formats.markdown(report)]) {
      expect(text).toContain("To apply all changes of the program, and reset what is orphaned:\n");
    }
  });

  it("lists a shared command once", () => {
    const many = Array.from({ length: 5 }, (_, n) => ({ ...rotated, provider: `P${n}` }));
    expect(formatText(reportOf(many))).toContain(
      `pending: "P0", "P1", "P2" and 2 more (${runbook}#pending)\nTo apply all changes of the program:\n  pulumi up --stack dev\n`,
    );
  });

  it.each([
    [[registration], "1 registration as declared"],
    [[rotated], "1 of 1 registration is not as declared"],
    [[rotated, rotated, registration], "2 of 3 registrations are not as declared"],
  ])("counts registrations", (registrations, summary) => {
    expect(formatText(reportOf(registrations)).split("\n")[0]).toBe(`project/dev: ${summary}`);
  });

  it("also counts deviations that do not fail", () => {
    const lenient = reportOf([rotated], { failOn: ["stale"] });
    expect(formatText(lenient).split("\n")[0]).toBe(
      "project/dev: 1 of 1 registration is not as declared, none of them failing",
    );
  });

  it.each([80, 120])("fits into a terminal of %i columns", (width) => {
    const lines = formatText(reportOf([drifted, rotated]), { width }).split("\n");
    const table = lines.slice(lines.findIndex((line) => line.startsWith("REGION")));
    expect(Math.max(...table.map(({ length }) => length))).toBeLessThanOrEqual(width);
  });

  it.each([
    [5, "5 s"],
    [61, "1 min"],
    [7200, "2 h"],
    [86_399, "23 h"],
    [86_400 * 400, "400 d"],
  ])("shows an age of %i s as %s", (ageS, age) => {
    const registeredAt = new Date(nowMs - ageS * 1000).toISOString();
    expect(formatText(reportOf([{ ...registration, registeredAt }]))).toContain(`  ${age}  `);
  });
});

describe("several stacks", () => {
  const inspection = (stack: string, ...registrations: InspectedRegistration[]) => ({
    directory: ".",
    organization: "acme",
    project: "project",
    stack,
    registrations,
  });
  const report = createReport(
    [
      inspection("dev", registration),
      inspection("prod", { ...rotated, provider: "Prod" }),
      { ...inspection("broken", other), error: reason },
    ],
    { nowMs, failOn: failing },
  );

  it("are one text, with the repair command of each", () => {
    expect(
      formats
        .text(report)
        .split("\n")
        .filter((line) => !line.startsWith("emea")),
    ).toEqual([
      "3 stacks, 1 registration in 1 not as declared, 1 check failed",
      "",
      "acme/project/dev: 1 registration as declared",
      "",
      expect.stringMatching(/^REGION/),
      "",
      "acme/project/prod: 1 of 1 registration is not as declared",
      "",
      "Waits for `pulumi up`:",
      `  pending: "Prod" (${runbook}#pending)`,
      "To apply all changes of the program:",
      "  pulumi up --stack acme/project/prod",
      "",
      expect.stringMatching(/^REGION/),
      "",
      `acme/project/broken: check failed: ${reason}`,
      `Runbook: ${runbook}#check-failed`,
      "",
      expect.stringMatching(/^REGION/),
      "",
      unverified,
      "",
    ]);
  });

  it("are valid in every format", async () => {
    expect(parseReport(formats.json(report)).outcome).toBe("check failed");
    expect(await parseJunit(formats.junit(report))).toHaveLength(4);
    expect(formats.markdown(report)).toMatch(
      /^### ❌ VCC: 3 stacks.*\n\n### ✅ VCC: 1 registration as declared\n/,
    );
  });
});

describe("JSON", () => {
  it("is the report, valid against its published schema", () => {
    const report = reportOf([registration, ...hostile]);
    expect(parseReport(formats.json(report))).toEqual(JSON.parse(JSON.stringify(report)));
    expect(parseReport(formats.json(error))).toEqual(error);
  });

  it.each([
    ["an error without a reason", withError(null)],
    ["no stack", { ...error, stacks: [] }],
    ["another version", { ...error, version: 1 }],
  ])("has a schema that rejects %s", (_case, report) => {
    expect(() => parseReport(JSON.stringify(report))).toThrow("schemaPath");
  });
});

describe("JUnit", () => {
  it("has a test case for each registration, valid against both published schemas", async () => {
    const text = formats.junit(reportOf([registration, ...hostile]));
    const cases = await parseJunit(text);
    expect(cases).toHaveLength(1 + hostile.length);
    expect(cases.filter(({ failure }) => failure === "pending")).toHaveLength(hostile.length);
    expect(cases.at(-1)).toEqual({ name: "Crm (crm)", failure: undefined, error: undefined });
    expect(text).toContain(`tests="7" failures="6" errors="0"`);
    expect(text).toContain(unverified);
    expect(cases.map(({ name }) => name)).toContain(
      `${hostile[0]?.provider} (${hostile[0]?.resource})`,
    );
  });

  it("links a failure to the runbook", () => {
    expect(formats.junit(reportOf([rotated]))).toContain(`${runbook}#pending`);
  });

  it("does not fail for classes that are not in failOn", async () => {
    const [only] = await parseJunit(formats.junit(reportOf([rotated], { failOn: [] })));
    expect(only?.failure).toBeUndefined();
  });

  it("reports a failed inspection as a separate test case", async () => {
    const text = formats.junit(error);
    expect(await parseJunit(text)).toEqual([
      { name: "check failed", failure: undefined, error: reason },
    ]);
    expect(text).toContain(`tests="1" failures="0" errors="1"`);
  });

  it("is validated here: an invalid report is rejected", async () => {
    const text = formats.junit(error);
    await expect(parseJunit(text.replace(' name="check failed"', ""))).rejects.toThrow("name");
    await expect(parseJunit(text.replace('hostname="localhost"', ""))).rejects.toThrow("hostname");
  });
});

describe("Markdown", () => {
  it("shows what is not as declared, and collapses the rest", () => {
    expect(
      formats.markdown(reportOf([{ ...registration, provider: "Other" }, rotated])),
    ).toBe(`### ❌ VCC: 1 of 2 registrations is not as declared

Stack <code>project/dev</code>

Waits for \`pulumi up\`:

- [pending](${runbook}#pending): <code>Crm</code>

To apply all changes of the program:

\`\`\`sh
pulumi up --stack dev
\`\`\`

| name | region | class | changed | age | evidence |
| --- | --- | --- | --- | --- | --- |
| <code>Crm</code> | emea | pending | <code>headers.Authorization</code> | 2 d | registered 2026-11-20T12:00:00.000Z |

<details><summary>1 registration in sync</summary>

| name | region | class | changed | age | evidence |
| --- | --- | --- | --- | --- | --- |
| <code>Other</code> | emea | in sync (unverified) |  | 2 d | registered 2026-11-20T12:00:00.000Z |

</details>

${unverified}

`);
  });

  it("renders no name as markup, a mention or a cell", () => {
    const rows = formats
      .markdown(reportOf(hostile))
      .split("\n")
      .filter((line) => line.startsWith("| <code>"));
    expect(rows).toHaveLength(hostile.length);
    for (const row of rows) {
      expect(row.split(" | ")).toHaveLength(6);
      expect(row.replaceAll(/<\/?code>/g, "")).not.toMatch(/[<>@`[\]#](?!\d+;)/);
    }
  });

  it.each([
    ["pending", 5000, rotated],
    ["in sync", 5000, registration],
  ])("fits into a comment, and counts what it omits, for %s", (_class, length, one) => {
    const text = formats.markdown(
      reportOf(
        Array.from({ length }, (_, n) => ({ ...one, provider: `Provider <${n}>` })),
        { maxAgeMs: 10 * 24 * 3_600_000 },
      ),
    );
    expect(text.length).toBeLessThan(42_000);
    const shown = text.match(/^\| <code>/gm)?.length ?? 0;
    expect(shown).toBeGreaterThan(200);
    expect(text).toContain(`… and ${length - shown} more registrations; see the full report.`);
  });

  it("gives the reason of a failed inspection", () => {
    expect(formats.markdown(error)).toBe(`### ❌ VCC: check failed: no stack named 'x' found; see …

Stack <code>project/dev</code>

See [check failed](${runbook}#check-failed).

`);
  });

  it("begins with what needs somebody now", () => {
    expect(formats.markdown(reportOf([drifted, rotated]))).toContain(`
**Needs somebody now.**

- <code>Crm drifted</code> is [drifted](${runbook}#drifted). Since 2026-11-22 02:14 UTC, VCC has sent notifications under a registration other than the last one of this stack. Headers, permissions or endpoint may differ. A repair also applies its own change of endpoint.

To repair only what is drifted:

\`\`\`sh
pulumi up --refresh --run-program --stack dev --target ${drifted.urn}
\`\`\`

This leaves the others as they are: 1 pending.

Waits for`);
  });
});

describe("named accounts", () => {
  const acme = { ...registration, accountName: "acme" };
  const beta = { ...rotated, accountName: "beta|1", urn: `${registration.urn}-beta` };
  const withoutName = { ...registration, provider: "Other", urn: `${registration.urn}-other` };
  const report = reportOf([acme, beta, withoutName]);

  it("are a column of the text and of the Markdown, only if there are any", () => {
    expect(formats.text(report)).toMatch(/^ACCOUNT +REGION +NAME/m);
    expect(formats.text(report)).toMatch(/^"beta\|1" +emea +"Crm" +pending/m);
    expect(formats.markdown(report)).toContain("| account | name | region |");
    expect(formats.markdown(report)).toContain("| <code>beta&#124;1</code> | <code>Crm</code> |");
    expect(formats.text(reportOf([rotated]))).not.toContain("ACCOUNT");
    expect(formats.markdown(reportOf([rotated]))).not.toContain("account");
  });

  it("are counted in JSON", () => {
    const [stack] = parseReport(formats.json(report)).stacks;
    expect(stack?.accounts).toEqual([
      { account: null, registrations: 1, count: 0 },
      { account: "acme", registrations: 1, count: 0 },
      { account: "beta|1", registrations: 1, count: 1 },
    ]);
    expect(stack?.registrations.map(({ account }) => account)).toEqual(["beta|1", null, "acme"]);
  });

  it("are suites of JUnit", async () => {
    const junit = formats.junit(report);
    await parseJunit(junit);
    for (const name of [
      "project/dev",
      "project/dev, account acme",
      "project/dev, account beta|1",
    ]) {
      expect(junit).toContain(`<testsuite name="${name}"`);
    }
    expect(junit.match(/failures="1"/g)).toHaveLength(1);
    expect(junit).toContain("(emea, account &quot;beta|1&quot;) is pending");
  });

  it("select what is reported", () => {
    const selected = reportOf([acme, beta, withoutName], { accounts: ["acme"] });
    expect(selected).toMatchObject({ count: 0, outcome: "as declared" });
    expect(selected.stacks[0]?.registrations).toMatchObject([{ account: "acme" }]);
  });
});
