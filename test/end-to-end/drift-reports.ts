import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DriftReport, StackReport } from "../../cli/drift/report/report";
import { type JunitCase, parseJunit, parseReport } from "../report-formats";
import { environmentOf, type Project, type Scene } from "./project";
import { fingerprintKeys, formsOf } from "./secrets";

export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** What an inspection needs of a scene. */
export type Inspected = Pick<Scene, "project" | "credentials"> & {
  emulator: Pick<Scene["emulator"], "apiUrl" | "authUrl">;
};

/** Runs the command as a scheduled job does: with the user's Pulumi, and without VCC credentials. */
export function drift(scene: Inspected, args: string[], environment: NodeJS.ProcessEnv = {}) {
  const program = join(scene.project.directory, "node_modules/pulumi-vcc/dist/cli/main.js");
  return runWithoutCredentials(scene, process.execPath, [program, "drift", ...args], environment);
}

export function runWithoutCredentials(
  { project, emulator }: Inspected,
  command: string,
  args: string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<Ended> {
  const { directory, stack } = project;
  const { VCC_CLIENT_ID, VCC_CLIENT_SECRET, GITHUB_ACTIONS, ...env } = {
    ...process.env,
    ...stack.workspace.envVars,
    ...environmentOf(emulator),
  };
  return new Promise((resolve) => {
    execFile(
      command,
      args,
      { cwd: directory, env: { ...env, ...environment } },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
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

/** @param secrets in addition to those of the connection and the state */
export async function inspectInAllFormats(
  scene: Inspected,
  secrets: string[] = [],
  args: string[] = [],
  environment: NodeJS.ProcessEnv = {},
): Promise<Reports> {
  const { project, credentials } = scene;
  const directory = mkdtempSync(join(project.directory, "reports-"));
  const files = {
    json: "drift.json",
    junit: "drift.xml",
    markdown: "drift.md",
  };
  const outputs = Object.entries(files).flatMap(([format, file]) => [
    "--format",
    format,
    "--output",
    join(directory, file),
  ]);
  const [summary, output] = [join(directory, "summary"), join(directory, "output")];
  const ended = await drift(scene, [...args, "--format", "text", ...outputs], {
    GITHUB_ACTIONS: "true",
    GITHUB_STEP_SUMMARY: summary,
    GITHUB_OUTPUT: output,
    ...environment,
  });
  const read = (path: string) => readFileSync(path, "utf8");
  const all = [...Object.values(files).map((file) => join(directory, file)), summary, output].map(
    read,
  );
  const passphrase = project.stack.workspace.envVars.PULUMI_CONFIG_PASSPHRASE ?? "";
  for (const secret of [
    ...secrets,
    credentials.clientSecret,
    passphrase,
    ...(await fingerprintKeys(project.stack)),
  ]) {
    for (const form of formsOf(secret)) {
      expect([ended.stdout, ended.stderr, ...all].join("\n").includes(form)).toBe(false);
    }
  }
  const [json = "", junit = "", markdown = "", summaryText = "", outputText = ""] = all;
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
      summary: summaryText,
      outputs: outputText,
      annotations: ended.stderr.split("\n").filter((line) => line.startsWith("::")),
    },
  };
}

/** What all formats must report about the only registration of a stack. */
export interface Expected {
  provider: string;
  class: string;
  /** @default true */
  fails?: boolean;
  changed?: string[];
  /** The line of index.ts where GitHub's annotation points. @default none */
  line?: number | undefined;
}

export function expectInAllFormats(reports: Reports, expected: Expected) {
  const { provider, fails = true, changed = [], line } = expected;
  const { code, text, json, stack, junit, markdown, github } = reports;
  const inSync = expected.class === "in sync";
  const verified = expected.class === "verified";
  const good = inSync || verified;
  const shown = inSync ? "in sync (unverified)" : expected.class;
  expect(code).toBe(fails ? 2 : 0);

  expect(json).toMatchObject({
    outcome: fails ? "drift" : good ? "as declared" : "tolerated",
    count: fails ? 1 : 0,
  });
  expect(stack.registrations).toHaveLength(1);
  expect(stack.registrations[0]).toMatchObject({
    provider,
    region: "emea",
    class: expected.class,
    fails,
    verified,
    changed,
    location: line === undefined ? null : { file: "index.ts", line },
  });

  const row = text.split("\n").find((candidate) => candidate.startsWith("emea")) ?? "";
  for (const word of [JSON.stringify(provider), shown, ...changed]) expect(row).toContain(word);
  const cell = markdown.split("\n").find((candidate) => candidate.startsWith("| <code>")) ?? "";
  for (const word of [provider, shown, ...changed]) expect(cell).toContain(word);
  for (const report of [text, markdown]) {
    expect(
      report.includes("the VCC API has no read endpoint, so what VCC holds cannot be checked"),
    ).toBe(inSync);
  }

  expect(junit).toHaveLength(1);
  expect(junit[0]?.name).toContain(provider);
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
  expect(json).toMatchObject({ outcome: "could not look", count: 0 });
  expect(stack).toMatchObject({ project: "project", stack: "dev" });
  expect(stack.error).toContain(reason);
  expect(stack.registrations.map((one) => [one.provider, one.class, one.fails])).toEqual(
    unreached.map((provider) => [provider, "could not look", false]),
  );
  expect(junit).toHaveLength(1 + unreached.length);
  expect(junit[0]).toEqual({
    name: "could not look",
    failure: undefined,
    error: expect.stringContaining(reason),
  });
  expect(markdown).toContain("could not look");
  expect(github.summary).toBe(markdown);
  expect(github.outputs).toBe("");
  expect(github.annotations).toEqual([expect.stringContaining("could not look")]);
}

/** Edits the state to what a killed engine leaves; `pulumi stack import` would clean it up. */
export function interruptUpdate({ directory }: Project, type: string, { forget = false } = {}) {
  const file = join(directory, "state/.pulumi/stacks/project/dev.json");
  const state = JSON.parse(readFileSync(file, "utf8"));
  const { latest } = state.checkpoint;
  latest.pending_operations = [{ resource: latest.resources.at(-1), type }];
  if (forget) latest.resources.pop();
  writeFileSync(file, JSON.stringify(state));
}
