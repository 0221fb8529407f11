import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface Post {
  id: number;
  number: number;
  title?: string;
  body: string;
  state: "open" | "closed";
  user: { login: string };
}

/** A file that a run has uploaded as `vcc-drift`. */
interface Artifact {
  run: number;
  created_at: string;
  /** A ZIP file. */
  content: Buffer;
  /** @default false */
  isOfFork?: boolean;
}

/** A repository's issues and comments, as GitHub's API serves them to its CLI. */
export interface GitHub {
  issues: Post[];
  comments: Post[];
  artifacts: Artifact[];
  /** Points GitHub's CLI at this server; it uses plain HTTP for `github.localhost` only. */
  environment: Record<string, string>;
  close(): void;
}

export async function startGitHub(): Promise<GitHub> {
  const issues: Post[] = [];
  const comments: Post[] = [];
  const artifacts: Artifact[] = [];
  const listed = (isListed: (artifact: Artifact) => boolean) => ({
    artifacts: artifacts.filter(isListed).map(({ run, created_at, isOfFork = false }) => ({
      name: "vcc-drift",
      expired: false,
      created_at,
      archive_download_url: `http://api.github.localhost/zip/${run}`,
      workflow_run: { id: run, repository_id: 1, head_repository_id: isOfFork ? 2 : 1 },
    })),
  });
  const routes: Array<[string, RegExp, (body: Partial<Post>, id: number) => unknown]> = [
    [
      "GET",
      /^\/repos\/o\/r\/issues\?state=open/,
      () => issues.filter(({ state }) => state === "open"),
    ],
    ["POST", /^\/repos\/o\/r\/issues$/, (body) => add(issues, body)],
    ["PATCH", /^\/repos\/o\/r\/issues\/(\d+)$/, (body, id) => change(issues, id, body)],
    ["GET", /^\/repos\/o\/r\/actions\/artifacts\?name=vcc-drift&/, () => listed(() => true)],
    [
      "GET",
      /^\/repos\/o\/r\/actions\/runs\/(\d+)\/artifacts/,
      (_, id) => listed(({ run }) => run === id),
    ],
    ["GET", /^\/zip\/(\d+)$/, (_, id) => artifacts.find(({ run }) => run === id)?.content],
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
      const found = respond(body, Number(id));
      response.setHeader("content-type", "application/json");
      response.end(Buffer.isBuffer(found) ? found : JSON.stringify(found));
      return;
    }
    response.writeHead(404).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    issues,
    comments,
    artifacts,
    environment: {
      HTTP_PROXY: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      GH_HOST: "github.localhost",
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
