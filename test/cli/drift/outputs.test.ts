import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { formats } from "../../../cli/drift/formats";
import { reportToGitHubActions } from "../../../cli/drift/github-actions";
import { writeOutputs } from "../../../cli/drift/outputs";
import { temporaryDirectory } from "../../temporary-directory";
import { registration, reportOf, rotated } from "./samples";

const directory = temporaryDirectory();
const inDirectory = (name: string) => join(directory.path, name);
const read = (name: string) => readFileSync(inDirectory(name), "utf8");
const report = reportOf([rotated]);

describe("outputs", () => {
  it("replace files whole, and leave nothing else behind", async () => {
    writeFileSync(inDirectory("report.json"), "x".repeat(100_000));
    symlinkSync("report.json", inDirectory("link"));
    expect(
      await writeOutputs(report, [
        { format: "json", file: inDirectory("link") },
        { format: "junit", file: inDirectory("report.xml") },
      ]),
    ).toEqual([]);
    expect(read("report.json")).toBe(formats.json(report));
    expect(read("report.xml")).toBe(formats.junit(report));
    expect(readdirSync(directory.path).sort()).toEqual(["link", "report.json", "report.xml"]);
  });

  it("say which file cannot be written, and write the others", async () => {
    mkdirSync(inDirectory("directory"));
    expect(
      await writeOutputs(report, [
        { format: "json", file: inDirectory("directory") },
        { format: "sarif", file: inDirectory("nowhere/report.sarif") },
        { format: "markdown", file: inDirectory("report.md") },
      ]),
    ).toEqual([
      `cannot write ${inDirectory("directory")} (EISDIR); give another --output`,
      `cannot write ${inDirectory("nowhere/report.sarif")} (ENOENT); give another --output`,
    ]);
    expect(read("report.md")).toBe(formats.markdown(report));
    expect(existsSync(inDirectory("nowhere"))).toBe(false);
  });

  it("write to what is no file, and do not replace it", async () => {
    execFileSync("mkfifo", [inDirectory("pipe")]);
    const [read, problems] = await Promise.all([
      readFile(inDirectory("pipe"), "utf8"),
      writeOutputs(report, [{ format: "json", file: inDirectory("pipe") }]),
    ]);
    expect(problems).toEqual([]);
    expect(read).toBe(formats.json(report));
    expect(statSync(inDirectory("pipe")).isFIFO()).toBe(true);
  });
});

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

  it("get summary, outputs, and an annotation at the line that declares", async () => {
    writeFileSync(inDirectory("output"), "before=1\n");
    expect(await reportToGitHubActions(report, environment())).toEqual([]);
    expect(read("summary")).toBe(formats.markdown(report));
    expect(read("output")).toBe("before=1\ndrifted=true\ncount=1\n");
    expect(annotations()).toEqual([
      "::error file=index.ts,line=6,col=13,title=VCC drift%3A pending::" +
        '"Crm" (emea) is pending; changed: headers.Authorization; ' +
        "registered 2026-11-20T12:00:00.000Z; to repair: pulumi up --stack dev",
    ]);
  });

  it("get no annotation for what does not fail, and no more than they show", async () => {
    await reportToGitHubActions(reportOf([registration]), environment());
    expect(read("output")).toBe("drifted=false\ncount=0\n");
    expect(annotations()).toEqual([]);
    await reportToGitHubActions(reportOf(Array(30).fill(rotated)), environment());
    expect(annotations()).toHaveLength(10);
  });

  it("cannot be commanded by a name", async () => {
    const location = { file: "a,b:c%.ts", line: 1, column: 1 };
    const provider = "100%\u2028::set-output";
    await reportToGitHubActions(reportOf([{ ...rotated, provider, location }]), environment());
    expect(annotations()[0]).toContain("::error file=a%2Cb%3Ac%25.ts,line=1");
    expect(annotations()[0]).toContain("100%25");
  });

  it("get no outputs when nothing is known", async () => {
    const failed = {
      ...report,
      outcome: "could not look",
      error: "a\nb",
      registrations: [],
    } as const;
    await reportToGitHubActions({ ...failed, registrations: [] }, environment());
    expect(read("output")).toBe("");
    expect(annotations()).toEqual(["::error title=VCC drift%3A could not look::a%0Ab"]);
    expect(read("summary")).toContain("could not look");
  });

  it("are told when their files cannot be written", async () => {
    const problems = await reportToGitHubActions(report, {
      ...environment(),
      GITHUB_OUTPUT: inDirectory("nowhere/output"),
    });
    expect(problems).toEqual([
      `cannot write ${inDirectory("nowhere/output")} (ENOENT), which GitHub Actions asks for`,
    ]);
  });

  it("are left alone elsewhere", async () => {
    expect(await reportToGitHubActions(report, { ...environment(), GITHUB_ACTIONS: "" })).toEqual(
      [],
    );
    expect(readdirSync(directory.path)).toEqual([]);
    expect(annotations()).toEqual([]);
  });
});
