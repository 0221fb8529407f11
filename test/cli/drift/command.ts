import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DriftReport, StackReport } from "../../../cli/drift/report/schema";
import { driftCommand } from "../../../cli/drift-command";
import type { createPulumi } from "../../../cli/pulumi/pulumi";
import { formsOf } from "../../end-to-end/secrets";
import { type JunitCase, parseJunit, parseReport } from "../../report-formats";
import { temporaryDirectory } from "../../temporary-directory";
import { type Ended, type RunOptions, runCommand } from "../run-command";
import { recordedSecrets } from "./recordings";
import { nowMs } from "./samples";

/** Runs `pulumi-vcc drift` in this process and in the working directory, at the time of the recordings. */
export function drift(
  connect: typeof createPulumi,
  args: string[] = [],
  options: RunOptions = {},
): Promise<Ended> {
  return runCommand(driftCommand(connect), args, { atMs: nowMs, ...options });
}

/** Call it in a `describe`. Its tests run in the directory of the project whose stack is recorded. */
export function recordedProject(): { readonly path: string } {
  const directory = temporaryDirectory();
  const before = process.cwd();
  beforeEach(() => {
    process.chdir(directory.path);
    writeFileSync("Pulumi.yaml", "name: project\nruntime: nodejs\n");
    configure("dev");
  });
  afterEach(() => process.chdir(before));
  return directory;
}

/** Writes the configuration of a stack, as `pulumi stack init` and `pulumi config set` do. */
export function configure(stack: string, config: Record<string, string> = {}): void {
  writeFileSync(`Pulumi.${stack}.yaml`, JSON.stringify({ encryptionsalt: "v1:salt", config }));
}

/** What one inspection wrote in every format, each valid against its schema and without secrets. */
export interface Reports extends Ended {
  text: string;
  json: DriftReport;
  /** The only stack. */
  stack: StackReport;
  junit: JunitCase[];
  markdown: string;
  github: { summary: string; outputs: string; annotations: string[] };
}

export async function inspectInAllFormats(
  connect: typeof createPulumi,
  args: string[] = [],
  { environment, ...options }: RunOptions = {},
): Promise<Reports> {
  mkdirSync("reports", { recursive: true });
  const path = (name: string) => join("reports", name);
  const files = { json: path("drift.json"), junit: path("drift.xml"), markdown: path("drift.md") };
  const github = { summary: path("summary"), outputs: path("output") };
  for (const file of Object.values(github)) writeFileSync(file, "");
  const outputs = Object.entries(files).flatMap(([format, file]) => ["-f", format, "-o", file]);
  const ended = await drift(connect, [...args, "-f", "text", ...outputs], {
    ...options,
    environment: {
      GITHUB_ACTIONS: "true",
      GITHUB_STEP_SUMMARY: github.summary,
      GITHUB_OUTPUT: github.outputs,
      ...environment,
    },
  });
  const [json, junit, markdown, summary, githubOutputs] = [
    ...Object.values(files),
    ...Object.values(github),
  ].map((file) => readFileSync(file, "utf8")) as [string, string, string, string, string];
  const all = [ended.stdout, ended.stderr, json, junit, markdown, summary, githubOutputs].join();
  for (const form of Object.values(recordedSecrets).flatMap(formsOf)) {
    expect(all.includes(form)).toBe(false);
  }
  const report = parseReport(json);
  const [stack] = report.stacks;
  if (stack === undefined) throw new Error("no stack");
  return {
    ...ended,
    text: ended.stdout,
    json: report,
    stack,
    junit: await parseJunit(junit),
    markdown,
    github: {
      summary,
      outputs: githubOutputs,
      annotations: ended.stderr.split("\n").filter((line) => line.startsWith("::")),
    },
  };
}

/** What all formats must report about the only registration of a stack. */
export interface Expected {
  /** What the formats call it. */
  name: string;
  class: string;
  /** @default true */
  fails?: boolean;
  changed?: string[];
  /** @default whether the class is "verified" */
  verified?: boolean;
  /** The line of index.ts where GitHub's annotation points. @default none */
  line?: number | undefined;
}

export function expectInAllFormats(reports: Reports, expected: Expected) {
  const { name, fails = true, changed = [], line } = expected;
  const { verified = expected.class === "verified" } = expected;
  const { code, text, json, stack, junit, markdown, github } = reports;
  const isInSync = expected.class === "in sync";
  const isGood = isInSync || expected.class === "verified";
  const shown = isInSync ? "in sync (unverified)" : expected.class;
  expect(code).toBe(fails ? 2 : 0);

  expect(json).toMatchObject({
    outcome: fails ? "drift" : isGood ? "as declared" : "tolerated",
    count: fails ? 1 : 0,
  });
  expect(stack.registrations).toHaveLength(1);
  expect(stack.registrations[0]).toMatchObject({
    region: "emea",
    class: expected.class,
    fails,
    verified,
    changed,
    location: line === undefined ? null : { file: "index.ts", line },
  });

  const row = text.split("\n").find((candidate) => /^(".*" +)?emea/.test(candidate)) ?? "";
  for (const word of [JSON.stringify(name), shown, ...changed]) expect(row).toContain(word);
  const cell = markdown.split("\n").find((candidate) => candidate.startsWith("| <code>")) ?? "";
  for (const word of [name, shown, ...changed]) expect(cell).toContain(word);
  for (const report of [text, markdown]) {
    expect(
      report.includes("the VCC API has no read endpoint, so what VCC holds cannot be checked"),
    ).toBe(isInSync);
  }

  expect(junit).toHaveLength(1);
  expect(junit[0]?.name).toContain(name);
  expect(junit[0]?.failure).toBe(fails ? expected.class : undefined);

  expect(github.summary).toBe(markdown);
  expect(github.outputs).toBe(`drifted=${fails}\ncount=${fails ? 1 : 0}\n`);
  expect(github.annotations).toHaveLength(fails ? 1 : 0);
  const place = line === undefined ? "title=" : `file=index.ts,line=${line},`;
  if (fails) expect(github.annotations[0]).toContain(`::error ${place}`);
}

/**
 * Every format reports the failure.
 *
 * @param unreached the registrations that only the state mentions
 */
export function expectFailureInAllFormats(
  reports: Reports,
  reason: string,
  unreached: string[] = [],
) {
  const { code, text, stderr, json, stack, junit, markdown, github } = reports;
  expect(code).toBe(1);
  expect(text === "").toBe(unreached.length === 0);
  expect(stderr).toContain(`error: ${reason}`);
  expect(json).toMatchObject({ outcome: "check failed", count: 0 });
  expect(stack).toMatchObject({ project: "project", stack: "dev" });
  expect(stack.error).toContain(reason);
  expect(stack.registrations.map((one) => [one.provider, one.class, one.fails])).toEqual(
    unreached.map((provider) => [provider, "check failed", false]),
  );
  expect(junit).toHaveLength(1 + unreached.length);
  expect(junit[0]).toEqual({
    name: "check failed",
    failure: undefined,
    error: expect.stringContaining(reason),
  });
  expect(markdown).toContain("check failed");
  expect(github.summary).toBe(markdown);
  expect(github.outputs).toBe("");
  expect(github.annotations).toEqual([expect.stringContaining("check failed")]);
}
