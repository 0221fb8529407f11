import { execFile } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { runInNewContext } from "node:vm";
import { parse } from "yaml";

const root = join(__dirname, "../..");

export interface JobOptions {
  /** Where the steps run. */
  directory: string;
  /** What the runner itself sets. The steps inherit nothing from the test. */
  environment: Record<string, string>;
  /** @default the first */
  job?: string;
  /** Of the repository. @default none */
  secrets?: Record<string, string>;
  /** Those of each environment; they override those of the repository. @default none */
  environmentSecrets?: Record<string, Record<string, string>>;
  /** @default none */
  variables?: Record<string, string>;
  /** What the workflow is started with. @default none */
  inputs?: Record<string, unknown>;
  /** The number of the pull request. */
  pullRequest?: number;
  /** The names of the steps to run. @default all */
  only?: string[];
  /** What the user changes in the file. @default nothing */
  edit?: (text: string) => string;
}

export interface StepResult {
  name: string;
  code: number;
  output: string;
}

interface Step {
  id?: string;
  name?: string;
  if?: string;
  run?: string;
  uses?: string;
  env?: Record<string, unknown>;
}

export interface Job {
  environment?: string;
  env?: Record<string, unknown>;
  steps: Step[];
  /** Runs the job of another workflow instead of steps. */
  uses?: string;
  with?: Record<string, unknown>;
}

/**
 * Runs the scripts of a workflow's job as GitHub's runner does, with those of the actions and workflows
 * beside it. Other actions are skipped.
 *
 * @param workflow relative to the root of this repository
 */
export async function runJob(workflow: string, options: JobOptions): Promise<StepResult[]> {
  const { directory, environment, secrets, variables, inputs = {}, only } = options;
  const { edit = (text) => text } = options;
  const content = parse(edit(readFileSync(join(root, workflow), "utf8")));
  const jobs: Record<string, Job> = content.jobs;
  const job = options.job === undefined ? Object.values(jobs)[0] : jobs[options.job];
  if (job === undefined) throw new Error(`${workflow} has no such job`);
  if (job.uses !== undefined) {
    const called = join(dirname(workflow), basename(job.uses));
    const { job: _, ...rest } = options;
    return runJob(called, { ...rest, inputs: job.with ?? {} });
  }
  expect(content.defaults.run.shell).toBe("bash");
  const contexts: Contexts = {
    inputs,
    secrets: { ...secrets },
    vars: { ...variables },
    github: {
      token: "the token of the job",
      server_url: "https://github.localhost",
      repository: "o/r",
      run_id: "1",
      event: { pull_request: { number: String(options.pullRequest) } },
    },
    steps: {},
  };
  const jobEnvironment = evaluate(job.environment ?? "", contexts);
  Object.assign(contexts.secrets, options.environmentSecrets?.[jobEnvironment]);
  const results: StepResult[] = [];
  for (const step of job.steps.flatMap((one) => stepsOf(one, workflow))) {
    const { id = "", run, env } = step;
    const { name = run ?? "" } = step;
    if (run === undefined || !(only?.includes(name) ?? true)) continue;
    const hasFailed = results.some(({ code }) => code !== 0);
    if (!isRun(step.if, hasFailed, contexts, directory)) {
      contexts.steps[id] = { outcome: "skipped", outputs: {} };
      continue;
    }
    const outputFile = join(directory, "step-output");
    writeFileSync(outputFile, "");
    const handed = Object.entries<unknown>({ ...content.env, ...job.env, ...env });
    const result = await runInBash(run, directory, {
      ...environment,
      GITHUB_ACTIONS: "true",
      GITHUB_REPOSITORY: "o/r",
      GITHUB_WORKFLOW: content.name,
      GITHUB_OUTPUT: outputFile,
      ...Object.fromEntries(handed.map(([key, value]) => [key, evaluate(value, contexts)])),
    });
    results.push({ name, ...result });
    const outputs = readFileSync(outputFile, "utf8").trim().split("\n");
    contexts.steps[id] = {
      outcome: result.code === 0 ? "success" : "failure",
      outputs: Object.fromEntries(outputs.map((line) => line.split("="))),
    };
  }
  return results;
}

/** A step, or those of the action that it uses from the user's repository. */
function stepsOf(step: Step, workflow: string): Step[] {
  const [, name] = /^\.\/\.github\/actions\/vcc-(.+)$/.exec(step.uses ?? "") ?? [];
  if (name === undefined) return [step];
  return parse(readFileSync(join(root, dirname(workflow), name, "action.yml"), "utf8")).runs.steps;
}

type Contexts = Record<"inputs" | "secrets" | "vars" | "github" | "steps", Record<string, unknown>>;

function isRun(
  condition: string | undefined,
  hasFailed: boolean,
  contexts: Contexts,
  directory: string,
): boolean {
  if (condition === undefined) return !hasFailed;
  const [, expression = ""] = /^\$\{\{ (.+) \}\}$/.exec(condition) ?? [];
  const isTrue = runInNewContext(expression, {
    ...contexts,
    cancelled: () => false,
    hashFiles: (file: string) => (existsSync(join(directory, file)) ? "a hash" : ""),
  });
  // Without such a function, a condition includes `success()`.
  return Boolean(isTrue) && (expression.includes("cancelled()") || !hasFailed);
}

/**
 * The expressions of the examples are JavaScript too. Secrets, variables, inputs and outputs that do not
 * exist are empty.
 */
function evaluate(value: unknown, contexts: Contexts): string {
  return String(value).replace(/\$\{\{ (.+?) \}\}/g, (_, expression: string) => {
    const found: unknown = runInNewContext(expression, { ...contexts });
    if (found === undefined && !/^(secrets|vars|inputs)\.|\.outputs\./.test(expression)) {
      throw new Error(`no ${expression}`);
    }
    return String(found ?? "");
  });
}

function runInBash(
  script: string,
  directory: string,
  environment: Record<string, string>,
): Promise<Omit<StepResult, "name">> {
  return new Promise((resolve) => {
    execFile(
      "bash",
      ["--noprofile", "--norc", "-eo", "pipefail", "-c", script],
      { cwd: directory, env: environment },
      (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
    );
  });
}
