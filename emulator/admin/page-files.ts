import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import type { Reply } from "../reply";

const mediaTypes: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

const folder = join(__dirname, "page");

/** File name → response. */
export function loadPage(): Map<string, Reply> {
  return new Map(
    readdirSync(folder).map((name) => {
      const headers = { "content-type": mediaTypes[extname(name)] ?? "application/octet-stream" };
      return [name, { status: 200, headers, body: readFileSync(join(folder, name), "utf8") }];
    }),
  );
}
