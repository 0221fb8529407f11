import { execFile } from "node:child_process";
import { chmodSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Figures } from "../../bench/round.mts";
import type { Run } from "../../bench/table.mts";
import { temporaryDirectory } from "../temporary-directory";

const root = join(__dirname, "../..");

/** The directories that benchmarks have left in the clone. */
const leftovers = () => readdirSync(root).filter((name) => name.startsWith(".bench-"));

function bench(args: string[], env: NodeJS.ProcessEnv = {}) {
  return new Promise<{ code: number; stdout: string }>((resolve) => {
    execFile(
      process.execPath,
      ["bench/main.mts", ...args],
      { cwd: root, env: { ...process.env, ...env } },
      (error, stdout) => resolve({ code: error ? Number(error.code) : 0, stdout }),
    );
  });
}

describe("npm run bench", () => {
  const directory = temporaryDirectory();

  it("reports no figures for a candidate that only appears to work, and fails", async () => {
    // Every program that it builds is empty.
    const go = join(directory.path, "go");
    writeFileSync(
      go,
      `#!/bin/sh
while [ $# -gt 0 ] && [ "$1" != -o ]; do shift; done
if [ "$1" = -o ]; then printf '#!/bin/sh\\n' > "$2" && chmod +x "$2"; fi
`,
    );
    chmodSync(go, 0o755);
    const { code, stdout } = await bench(["--only", "restapi", "--n", "3", "--runs", "2"], {
      PATH: `${directory.path}:${process.env.PATH}`,
      PULUMI_VCC_CACHE: directory.path,
    });
    expect(code).toBe(1);
    expect(stdout).toContain("| 3 | OpenTofu with restapi ¹ | failed | failed |");
  });

  it("verifies and measures each Pulumi candidate", async () => {
    const file = join(directory.path, "results.json");
    const before = leftovers();
    const names = ["vcc", "handwritten", "floor", "accounts"];
    const { code, stdout } = await bench([
      ...["--only", names.join(","), "--n", "3", "--runs", "1", "--json", file],
    ]);
    expect(code).toBe(0);
    expect(stdout).toContain("| 3 | **pulumi-vcc** |");
    expect(leftovers()).toEqual(before);
    const runs: Run[] = JSON.parse(readFileSync(file, "utf8"));
    expect(runs.map(({ candidate }) => candidate)).toEqual(names);
    const counts = { noopRequests: 0, canaries: 0 };
    const figures = runs.map(({ outcome }) => outcome as Figures);
    expect(figures).toMatchObject([
      { ...counts, tokenRequests: 1, apiRequests: 3 },
      { ...counts, tokenRequests: 1, apiRequests: 3 },
      { ...counts, tokenRequests: 0, apiRequests: 0 },
      { ...counts, tokenRequests: 3, apiRequests: 3 },
    ]);
    for (const { up, providerMemory } of figures) {
      expect(up).toBeGreaterThan(0);
      expect(providerMemory).toBeGreaterThan(0);
    }
    // With 1,000 registrations, names and line numbers are longer: 25 bytes.
    expect(figures[0]?.stateBytes).toBeLessThanOrEqual(3250);
  }, 1_200_000);
});
