import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Machine } from "../../bench/machine.mts";
import type { Metric, Result } from "../../bench/metrics.mts";

const root = join(__dirname, "../..");
const n = 3;

describe("npm run bench", () => {
  it("measures each contestant, checks its results, and says so as a table and as JSON", async () => {
    const directory = mkdtempSync(join(tmpdir(), "pulumi-vcc-bench-test-"));
    const file = join(directory, "results.json");
    const left = () => readdirSync(root).filter((name) => name.startsWith(".bench-"));
    const leftBefore = left();
    try {
      const { stdout } = await promisify(execFile)(
        process.execPath,
        ["bench/main.mts", "--n", String(n), "--runs", "1", "--json", file],
        { cwd: root },
      );
      const { machine, results }: { machine: Machine; results: Result[] } = JSON.parse(
        readFileSync(file, "utf8"),
      );
      expect(machine).toMatchObject({ latencyMs: 2, runs: 1, cores: expect.any(Number) });
      expect(machine.versions).toMatchObject({ OpenTofu: "1.12.6", restapi: "1.20.0" });

      const medianOf = (contestant: string, metric: Metric) =>
        results.find((each) => each.contestant === contestant && each.metric === metric)?.median;
      const pulumi = ["vcc", "handwritten", "floor"];
      const contestants = [
        ...pulumi.flatMap((name) => [name, `${name}-skip-checkpoints`]),
        "restapi",
      ];
      expect([...new Set(results.map(({ contestant }) => contestant))].sort()).toEqual(
        [...contestants].sort(),
      );
      for (const contestant of contestants) {
        for (const metric of ["up", "noop", "rotate", "preview", "engineMemory"] as const) {
          expect([contestant, metric, medianOf(contestant, metric)]).toEqual([
            contestant,
            metric,
            expect.any(Number),
          ]);
        }
        const registers = !contestant.startsWith("floor");
        const reads = contestant === "restapi";
        expect([contestant, medianOf(contestant, "apiRequests")]).toEqual([
          contestant,
          registers ? (reads ? 2 * n : n) : 0,
        ]);
        expect([contestant, medianOf(contestant, "noopRequests")]).toEqual([
          contestant,
          reads ? 4 * n : 0,
        ]);
        expect([contestant, medianOf(contestant, "canaries")]).toEqual([
          contestant,
          reads ? 2 * n : 0,
        ]);
      }
      expect(medianOf("vcc", "tokenRequests")).toBe(1);
      expect(medianOf("vcc", "stateBytes")).toBeLessThanOrEqual(3000);
      expect(medianOf("vcc", "import")).toBeLessThanOrEqual(20);

      expect(stdout).toContain("| 3 | **pulumi-vcc** |");
      expect(stdout).not.toContain("failed");
      expect(left()).toEqual(leftBefore);
    } finally {
      rmSync(directory, { recursive: true });
    }
  }, 300_000);
});
