import { execFile } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { parse } from "yaml";

const workflows = join(__dirname, "../../examples/ci/github");

export interface Post {
  id: number;
  number: number;
  title?: string;
  body: string;
  state: "open" | "closed";
  user: { login: string };
}

/** A repository's issues and comments, as GitHub's API serves them to its CLI. */
export interface GitHub {
  issues: Post[];
  comments: Post[];
  /** Points the CLI at this server; it uses plain HTTP for `github.localhost` only. */
  environment: Record<string, string>;
  close(): void;
}

export async function startGitHub(): Promise<GitHub> {
  const issues: Post[] = [];
  const comments: Post[] = [];
  const routes: Array<[string, RegExp, (body: Partial<Post>, id: number) => unknown]> = [
    [
      "GET",
      /^\/repos\/o\/r\/issues\?state=open/,
      () => issues.filter(({ state }) => state === "open"),
    ],
    ["POST", /^\/repos\/o\/r\/issues$/, (body) => add(issues, body)],
    ["PATCH", /^\/repos\/o\/r\/issues\/(\d+)$/, (body, id) => change(issues, id, body)],
    ["GET", /^\/repos\/o\/r\/issues\/\d+\/comments/, () => comments],
    ["POST", /^\/repos\/o\/r\/issues\/\d+\/comments$/, (body) => add(comments, body)],
    ["PATCH", /^\/repos\/o\/r\/issues\/comments\/(\d+)$/, (body, id) => change(comments, id, body)],
  ];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { pathname, search } = new URL(request.url ?? "");
    for (const [method, path, respond] of routes) {
      const [match, id] = path.exec(pathname + search) ?? [];
      if (match === undefined || request.method !== method) continue;
      const body = chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString()) : {};
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(respond(body, Number(id))));
      return;
    }
    response.writeHead(404).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    issues,
    comments,
    environment: {
      HTTP_PROXY: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      GH_HOST: "github.localhost",
      GH_TOKEN: "token",
      GITHUB_REPOSITORY: "o/r",
    },
    close: () => server.close(),
  };
}

function add(posts: Post[], { title, body = "" }: Partial<Post>): Post {
  const id = posts.length + 1;
  const user = { login: "github-actions[bot]" };
  const post: Post = {
    id,
    number: id,
    body,
    state: "open",
    user,
    ...(title !== undefined && { title }),
  };
  posts.push(post);
  return post;
}

function change(posts: Post[], id: number, body: Partial<Post>): Post | undefined {
  const post = posts.find((candidate) => candidate.id === id);
  return post && Object.assign(post, body);
}

interface Step {
  name?: string;
  run?: string;
  env?: Record<string, string>;
}

/**
 * Runs a step of a workflow's first job as the runner does, in bash.
 *
 * @param workflow relative to `examples/ci/github`
 */
export function runStep(
  workflow: string,
  name: string,
  directory: string,
  environment: NodeJS.ProcessEnv,
): Promise<{ code: number; output: string }> {
  const { env, defaults, jobs } = parse(readFileSync(join(workflows, workflow), "utf8"));
  expect(defaults.run.shell).toBe("bash");
  const [job] = Object.values<{ steps: Step[] }>(jobs);
  const { run: script, env: stepEnv = {} } = job?.steps.find((step) => step.name === name) ?? {};
  // The caller evaluates expressions.
  const literals = Object.entries(stepEnv).filter(([, value]) => !value.includes("${{"));
  if (script === undefined) throw new Error(`no step ${name}`);
  return new Promise((resolve) => {
    execFile(
      "bash",
      ["--noprofile", "--norc", "-eo", "pipefail", "-c", script],
      { cwd: directory, env: { ...env, ...Object.fromEntries(literals), ...environment } },
      (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
    );
  });
}
