// Keeps one comment of the merge request up to date: node gitlab-comment.mjs <file>
//
// GitLab gives its jobs no token that may comment. Without GITLAB_TOKEN, this does nothing.
import { existsSync, readFileSync } from "node:fs";

const { CI_API_V4_URL, CI_PROJECT_ID, CI_MERGE_REQUEST_IID, GITLAB_TOKEN, STACK } = process.env;
const [, , file] = process.argv;
const marker = `<!-- vcc review ${STACK} -->`;

async function request(method, path, content) {
  const response = await fetch(`${CI_API_V4_URL}${path}`, {
    method,
    headers: { "PRIVATE-TOKEN": GITLAB_TOKEN, "Content-Type": "application/json" },
    ...(content && { body: JSON.stringify(content) }),
  });
  if (!response.ok)
    throw new Error(`[${method}] ${path}: ${response.status} ${response.statusText}`);
  return { body: await response.json(), nextPage: response.headers.get("x-next-page") };
}

if (GITLAB_TOKEN && existsSync(file)) {
  const notes = `/projects/${CI_PROJECT_ID}/merge_requests/${CI_MERGE_REQUEST_IID}/notes`;
  // Anybody can write a comment that begins with the marker.
  const { id } = (await request("GET", "/user")).body;
  let note;
  for (let page = "1"; page && !note; ) {
    const { body, nextPage } = await request("GET", `${notes}?per_page=100&page=${page}`);
    note = body.find((one) => one.author.id === id && one.body.startsWith(marker));
    page = nextPage;
  }
  const body = `${marker}\n${readFileSync(file, "utf8")}`;
  await (note ? request("PUT", `${notes}/${note.id}`, { body }) : request("POST", notes, { body }));
}
