import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { reportToGitHubActions } from "../../../../cli/drift/output/github-actions";
import { formats } from "../../../../cli/drift/output/outputs";
import { temporaryDirectory } from "../../../temporary-directory";
import { errorReportOf, registration, reportOf, rotated } from "../samples";

const directory = temporaryDirectory();
const inDirectory = (name: string) => join(directory.path, name);
const read = (name: string) => readFileSync(inDirectory(name), "utf8");
const report = reportOf([rotated]);

describe("GitHub Actions", () => {
  const stderr = jest.spyOn(console, "error").mockImplementation(() => {});
  beforeEach(() => stderr.mockClear());
  afterAll(() => stderr.mockRestore());

  const environment = () => ({
    GITHUB_ACTIONS: "true",
    GITHUB_STEP_SUMMARY: inDirectory("summary"),
    GITHUB_OUTPUT: inDirectory("output"),
  });
  const annotations = () => stderr.mock.calls.map(([line]) => line);

  it("gets a summary, outputs and an annotation at the declaring line", async () => {
    writeFileSync(inDirectory("output"), "before=1\n");
    expect(await reportToGitHubActions(report, environment())).toEqual([]);
    expect(read("summary")).toBe(formats.markdown(report));
    expect(read("output")).toBe("before=1\ndrifted=true\ncount=1\n");
    expect(annotations()).toEqual([
      "::error file=index.ts,line=6,col=13,title=VCC drift%3A pending::" +
        '"Crm" (emea) is pending; changed: headers.Authorization; ' +
        `registered 2026-11-20T12:00:00.000Z; to repair: pulumi up --stack dev --target ${rotated.urn}; ` +
        "see https://github.com/pulumi-vcc/pulumi-vcc/blob/main/docs/runbook.md#pending",
    ]);
  });

  it("gets annotations for failures only, and no more than it shows", async () => {
    await reportToGitHubActions(reportOf([registration]), environment());
    expect(read("output")).toBe("drifted=false\ncount=0\n");
    expect(annotations()).toEqual([]);
    await reportToGitHubActions(reportOf(Array(30).fill(rotated)), environment());
    expect(annotations()).toHaveLength(10);
  });

  it("runs no workflow command from a name", async () => {
    const location = { file: "a,b:c%.ts", line: 1, column: 1 };
    const provider = "100%\u2028::set-output";
    await reportToGitHubActions(reportOf([{ ...rotated, provider, location }]), environment());
    expect(annotations()[0]).toContain("::error file=a%2Cb%3Ac%25.ts,line=1");
    expect(annotations()[0]).toContain("100%25");
  });

  it("gets no outputs after a failed inspection", async () => {
    await reportToGitHubActions(errorReportOf("a\nb"), environment());
    expect(read("output")).toBe("");
    expect(annotations()).toEqual([
      "::error title=VCC drift%3A check failed%3A project/dev::a%0Ab",
    ]);
    expect(read("summary")).toContain("check failed");
  });

  it("reports files that cannot be written", async () => {
    const problems = await reportToGitHubActions(report, {
      ...environment(),
      GITHUB_OUTPUT: inDirectory("nowhere/output"),
    });
    expect(problems).toEqual([
      `cannot write ${inDirectory("nowhere/output")} (ENOENT) for GitHub Actions`,
    ]);
  });

  it("writes nothing outside of a workflow", async () => {
    expect(await reportToGitHubActions(report, { ...environment(), GITHUB_ACTIONS: "" })).toEqual(
      [],
    );
    expect(readdirSync(directory.path)).toEqual([]);
    expect(annotations()).toEqual([]);
  });
});
