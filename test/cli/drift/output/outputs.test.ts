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
import { formats } from "../../../../cli/drift/output/outputs";
import { writeOutputs } from "../../../../cli/report-outputs";
import { temporaryDirectory } from "../../../temporary-directory";
import { reportOf, rotated } from "../samples";

const directory = temporaryDirectory();
const inDirectory = (name: string) => join(directory.path, name);
const read = (name: string) => readFileSync(inDirectory(name), "utf8");
const report = reportOf([rotated]);

describe("outputs", () => {
  it("replace files atomically, and leave nothing else behind", async () => {
    writeFileSync(inDirectory("report.json"), "x".repeat(100_000));
    symlinkSync("report.json", inDirectory("link"));
    expect(
      await writeOutputs(formats, report, [
        { format: "json", file: inDirectory("link") },
        { format: "junit", file: inDirectory("report.xml") },
      ]),
    ).toEqual([]);
    expect(read("report.json")).toBe(formats.json(report));
    expect(read("report.xml")).toBe(formats.junit(report));
    expect(readdirSync(directory.path).sort()).toEqual(["link", "report.json", "report.xml"]);
  });

  it("name the files that cannot be written, and write the others", async () => {
    mkdirSync(inDirectory("directory"));
    expect(
      await writeOutputs(formats, report, [
        { format: "json", file: inDirectory("directory") },
        { format: "junit", file: inDirectory("nowhere/report.xml") },
        { format: "markdown", file: inDirectory("report.md") },
      ]),
    ).toEqual([
      `cannot write ${inDirectory("directory")} (EISDIR); choose another --output`,
      `cannot write ${inDirectory("nowhere/report.xml")} (ENOENT); choose another --output`,
    ]);
    expect(read("report.md")).toBe(formats.markdown(report));
    expect(existsSync(inDirectory("nowhere"))).toBe(false);
  });

  it("write to special files instead of replacing them", async () => {
    execFileSync("mkfifo", [inDirectory("pipe")]);
    const [read, problems] = await Promise.all([
      readFile(inDirectory("pipe"), "utf8"),
      writeOutputs(formats, report, [{ format: "json", file: inDirectory("pipe") }]),
    ]);
    expect(problems).toEqual([]);
    expect(read).toBe(formats.json(report));
    expect(statSync(inDirectory("pipe")).isFIFO()).toBe(true);
  });
});

describe("standard output", () => {
  const written: string[] = [];
  let isTerminal = true;
  beforeEach(() => {
    written.length = 0;
    jest.replaceProperty(process, "env", { ...process.env, NO_COLOR: "" });
    jest.spyOn(process.stdout, "write").mockImplementation(((text: string, done: () => void) => {
      written.push(text);
      done();
      return true;
    }) as never);
    process.stdout.hasColors = () => isTerminal;
  });
  afterEach(() => {
    jest.restoreAllMocks();
    Reflect.deleteProperty(process.stdout, "hasColors");
  });

  it.each([
    [true, "", true],
    [true, "1", false],
    [false, "", false],
  ])("is colored (terminal %s, NO_COLOR=%j): %s", async (terminal, noColor, colored) => {
    isTerminal = terminal;
    process.env.NO_COLOR = noColor;
    expect(await writeOutputs(formats, reportOf([rotated]), [{ format: "text" }])).toEqual([]);
    expect(written.join("").includes("\u001b[33mpending")).toBe(colored);
  });
});
