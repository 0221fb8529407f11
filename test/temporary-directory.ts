import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** To be called in a `describe`; each test has a directory of its own, gone afterwards. */
export function temporaryDirectory(): { readonly path: string } {
  const directory = { path: "" };
  beforeEach(() => {
    directory.path = mkdtempSync(join(tmpdir(), "pulumi-vcc-test-"));
  });
  afterEach(() => rmSync(directory.path, { recursive: true, force: true }));
  return directory;
}
