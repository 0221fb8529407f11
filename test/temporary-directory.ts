import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Call it in a `describe`. Each test gets its own directory, which is removed afterwards. */
export function temporaryDirectory(): { readonly path: string } {
  const directory = { path: "" };
  beforeEach(() => {
    directory.path = mkdtempSync(join(tmpdir(), "pulumi-vcc-test-"));
  });
  afterEach(() => rmSync(directory.path, { recursive: true, force: true }));
  return directory;
}
