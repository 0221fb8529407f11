import { execFile } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

const root = join(__dirname, "../..");

export interface JobOptions {
  /** Where the steps run. */
  directory: string;
  /** What the runner itself sets. The steps inherit nothing from the test. */
  environment: Record<string, string>;
  /** Of the repository. @default none */
  secrets?: Record<string, string>;
  /** Those of the job's environment; they override those of the repository. @default none */
  environmentSecrets?: Record<string, string>;
  /** @default none */
  variables?: Record<string, string>;
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
  env?: Record<string, unknown>;
}

interface Job {
  environment?: string;
  env?: Record<string, unknown>;
  steps: Step[];
}

/**
 * Runs the scripts of a workflow's first job as GitHub's runner does. Actions (`uses`) are skipped.
 *
 * @param workflow relative to the root of this repository
 */
export async function runJob(workflow: string, options: JobOptions): Promise<StepResult[]> {
  const { directory, environment, secrets, environmentSecrets, variables, only } = options;
  const { edit = (text) => text } = options;
  const text = edit(readFileSync(join(root, workflow), "utf8"));
  const { env: workflowEnv, defaults, jobs } = parse(text);
  expect(defaults.run.shell).toBe("bash");
  const [job] = Object.values<Job>(jobs);
  if (job === undefined) throw new Error(`${workflow} has no job`);
  const contexts: Contexts = {
    secrets: { ...secrets, ...(job.environment !== undefined && environmentSecrets) },
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
  const results: StepResult[] = [];
  for (const step of job.steps) {
    const { id = "", run, env } = step;
    const { name = run ?? "" } = step;
    if (run === undefined || !(only?.includes(name) ?? true)) continue;
    const hasFailed = results.some(({ code }) => code !== 0);
    if (!isRun(step.if, hasFailed, directory)) {
      contexts.steps[id] = { outcome: "skipped", outputs: {} };
      continue;
    }
    const outputFile = join(directory, "step-output");
    writeFileSync(outputFile, "");
    const handed = Object.entries<unknown>({ ...workflowEnv, ...job.env, ...env });
    const result = await runInBash(run, directory, {
      ...environment,
      GITHUB_ACTIONS: "true",
      GITHUB_REPOSITORY: "o/r",
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

/** @param condition of the two forms that the examples have */
function isRun(condition: string | undefined, hasFailed: boolean, directory: string): boolean {
  if (condition === undefined) return !hasFailed;
  const [, file] = /^\$\{\{ !cancelled\(\)(?: && hashFiles\('(.+)'\) != '')? \}\}$/.exec(
    condition,
  ) ?? [condition, "unknown condition"];
  return file === undefined || existsSync(join(directory, file));
}

type Contexts = Record<"secrets" | "vars" | "github" | "steps", Record<string, unknown>>;

/** Secrets, variables and outputs that do not exist are empty. */
function evaluate(value: unknown, contexts: Contexts): string {
  return String(value).replace(/\$\{\{ (.+?) \}\}/g, (_, expression: string) => {
    const path = expression.split(".");
    const found = path.reduce<unknown>(
      (context, key) => (context as Record<string, unknown> | undefined)?.[key],
      contexts,
    );
    if (found === undefined && !/^(secrets|vars)\.|\.outputs\./.test(expression)) {
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
