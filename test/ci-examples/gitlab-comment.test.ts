import { execFile } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { temporaryDirectory } from "../temporary-directory";

interface Note {
  id: number;
  author: { id: number };
  body: string;
}

describe("gitlab-comment.mjs", () => {
  const directory = temporaryDirectory();
  const own = 7;
  let notes: Note[];
  let server: Server;
  beforeEach(async () => {
    notes = [];
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const { pathname, searchParams } = new URL(request.url ?? "", "http://127.0.0.1");
      const [, id] = /^\/projects\/3\/merge_requests\/5\/notes(?:\/(\d+))?$/.exec(pathname) ?? [];
      const body = chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString()).body : "";
      const respond = (content: unknown, status = 200) =>
        response.writeHead(status).end(JSON.stringify(content));
      if (request.headers["private-token"] !== "the token") return respond({}, 401);
      if (pathname === "/user") return respond({ id: own });
      if (request.method === "POST") {
        notes.push({ id: notes.length + 1, author: { id: own }, body });
        return respond({});
      }
      if (request.method === "PUT")
        return respond(Object.assign(notes[Number(id) - 1] ?? {}, { body }));
      // One per page.
      const page = Number(searchParams.get("page"));
      response.setHeader("x-next-page", page < notes.length ? page + 1 : "");
      return respond(notes.slice(page - 1, page));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  afterEach(() => server.close());

  const file = () => join(directory.path, "drift.md");
  const run = (environment: Record<string, string> = { GITLAB_TOKEN: "the token" }) =>
    promisify(execFile)(
      process.execPath,
      [join(__dirname, "../../examples/ci/gitlab-comment.mjs"), file()],
      {
        env: {
          CI_API_V4_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
          CI_PROJECT_ID: "3",
          CI_MERGE_REQUEST_IID: "5",
          STACK: "prod",
          ...environment,
        },
      },
    );

  it("keeps one comment up to date, and leaves those of others", async () => {
    const foreign = { id: 1, author: { id: 1 }, body: "<!-- vcc review prod -->" };
    notes.push({ ...foreign }, { id: 2, author: { id: own }, body: "another comment" });
    for (const report of ["first", "second"]) {
      writeFileSync(file(), report);
      await run();
      expect(notes.map(({ body }) => body)).toEqual([
        foreign.body,
        "another comment",
        `<!-- vcc review prod -->\n${report}`,
      ]);
    }
  });

  it("does nothing without a token or a report", async () => {
    await run();
    writeFileSync(file(), "the report");
    await run({});
    expect(notes).toEqual([]);
  });

  it("fails if GitLab refuses the token, and does not print it", async () => {
    writeFileSync(file(), "the report");
    await expect(run({ GITLAB_TOKEN: "wrong token" })).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/\[GET\] \/user: 401(?!.*wrong token)/s),
    });
  });
});
