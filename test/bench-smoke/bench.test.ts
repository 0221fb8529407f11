import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Machine } from "../../bench/machine.mts";
import type { Metric, Result } from "../../bench/metrics.mts";

const root = join(__dirname, "../..");
const n = 3;

describe("npm run bench", () => {
  it("has no figure of a contestant that only seems to work, and fails", async () => {
    const directory = mkdtempSync(join(tmpdir(), "pulumi-vcc-bench-test-"));
    const file = join(directory, "results.json");
    // A Go that builds programs which end at once, and well.
    const go = join(directory, "go");
    writeFileSync(
      go,
      [
        "#!/bin/sh",
        'while [ $# -gt 0 ] && [ "$1" != -o ]; do shift; done',
        '[ "$1" = -o ] || exit 0',
        "printf '#!/bin/sh\\nexit 0\\n' > \"$2\"",
        'chmod +x "$2"',
        "",
      ].join("\n"),
    );
    chmodSync(go, 0o755);
    try {
      const failure = await promisify(execFile)(
        process.execPath,
        [
          ...["bench/main.mts", "--only", "restapi"],
          ...["--n", "3", "--runs", "2", "--json", file],
        ],
        {
          cwd: root,
          env: { PATH: `${directory}:${process.env.PATH}`, PULUMI_VCC_CACHE: directory },
        },
      ).catch((error) => error);
      expect(failure).toMatchObject({ code: 1 });
      expect(failure.stdout).toContain("| 3 | OpenTofu with restapi ¹ | failed | failed |");
      const { results }: { results: Result[] } = JSON.parse(readFileSync(file, "utf8"));
      expect(results.map(({ metric, median, failures }) => [metric, median, failures])).toEqual(
        ["up", "preview", "noop", "rotate"].map((metric) => [
          metric,
          null,
          Array(2).fill("up: the server has 0 registrations, and 0 of the 3 that are declared"),
        ]),
      );
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

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
        for (const metric of [
          "up",
          "noop",
          "rotate",
          "preview",
          "engineMemory",
          "providerMemory",
        ] as const) {
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
  }, 600_000);
});
