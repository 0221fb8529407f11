import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import type { Machine } from "../../bench/machine.mts";
import type { Metric, Result } from "../../bench/metrics.mts";

const root = join(__dirname, "../..");
const n = 3;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "pulumi-vcc-bench-test-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** What benchmarks have left in the clone. */
const left = () => readdirSync(root).filter((name) => name.startsWith(".bench-"));

function bench(args: string[], env: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, ["bench/main.mts", ...args], { cwd: root, env });
  const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]).then(
    ([stdout, stderr, [code]]) => ({ code, stdout, stderr }),
  );
  return { child, ended };
}

/** With a Go that builds every program as this script. */
function environmentWithTofu(script: string): NodeJS.ProcessEnv {
  const program = join(directory, "program");
  writeFileSync(program, `#!/bin/sh\n${script}\n`);
  const go = join(directory, "go");
  writeFileSync(
    go,
    [
      "#!/bin/sh",
      'while [ $# -gt 0 ] && [ "$1" != -o ]; do shift; done',
      '[ "$1" = -o ] || exit 0',
      `cp "${program}" "$2"`,
      "",
    ].join("\n"),
  );
  for (const file of [program, go]) chmodSync(file, 0o755);
  return { PATH: `${directory}:${process.env.PATH}`, PULUMI_VCC_CACHE: directory };
}

describe("npm run bench", () => {
  it("has no figure of a contestant that only seems to work, and fails", async () => {
    const file = join(directory, "results.json");
    const ended = await bench(["--only", "restapi", "--n", "3", "--runs", "2", "--json", file], {
      ...process.env,
      ...environmentWithTofu("exit 0"),
    }).ended;
    expect(ended).toMatchObject({ code: 1 });
    expect(ended.stdout).toContain("| 3 | OpenTofu with restapi ¹ | failed | failed |");
    const { results }: { results: Result[] } = JSON.parse(readFileSync(file, "utf8"));
    expect(results.map(({ metric }) => metric)).toEqual(expect.arrayContaining(["up", "canaries"]));
    for (const { median, failures } of results) {
      expect(median).toBeNull();
      expect(failures).toEqual(
        Array(2).fill("up: the server has 0 registrations, and 0 of the 3 that are declared"),
      );
    }
  });

  it("ends with what it runs when it is interrupted, and leaves nothing", async () => {
    const before = left();
    const started = join(directory, "started");
    const lastWords = join(directory, "last words");
    const json = join(directory, "results.json");
    writeFileSync(json, "earlier figures");
    const { child, ended } = bench(["--only", "restapi", "--n", "3", "--json", json], {
      ...process.env,
      ...environmentWithTofu(
        `trap 'kill $!; sleep 1; touch "${lastWords}"; exit 0' TERM; sleep 60 & touch "${started}"; wait`,
      ),
    });
    while (!existsSync(started)) await setTimeout(50);
    child.kill("SIGTERM");
    expect(await ended).toEqual({ code: 130, stdout: "", stderr: expect.any(String) });
    expect((await ended).stderr).toMatch(/(^|\n)interrupted\n$/);
    expect((await ended).stderr).not.toContain("run 1");
    expect(existsSync(lastWords)).toBe(true);
    expect(readFileSync(json, "utf8")).toBe("earlier figures");
    expect(left()).toEqual(before);
  });

  it("says at once that it cannot write the results", async () => {
    const file = join(directory, "no/results.json");
    expect(await bench(["--json", file], process.env).ended).toEqual({
      code: 1,
      stdout: "",
      stderr: `cannot write ${file} (ENOENT); give another --json\n`,
    });
  });

  it("measures each Pulumi contestant, checks its results, and reports them as a table and as JSON", async () => {
    const file = join(directory, "results.json");
    const before = left();
    const { code, stdout } = await bench(
      ["--only", "vcc,handwritten,floor", "--n", String(n), "--runs", "1", "--json", file],
      process.env,
    ).ended;
    expect(code).toBe(0);
    const { machine, results }: { machine: Machine; results: Result[] } = JSON.parse(
      readFileSync(file, "utf8"),
    );
    expect(machine).toMatchObject({ latencyMs: 2, runs: 1, cores: expect.any(Number) });
    const medianOf = (contestant: string, metric: Metric) =>
      results.find((each) => each.contestant === contestant && each.metric === metric)?.median;
    const contestants = ["vcc", "handwritten", "floor"].flatMap((name) => [
      name,
      `${name}-skip-checkpoints`,
    ]);
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
      expect([contestant, medianOf(contestant, "apiRequests")]).toEqual([
        contestant,
        registers ? n : 0,
      ]);
      expect([contestant, medianOf(contestant, "noopRequests")]).toEqual([contestant, 0]);
      expect([contestant, medianOf(contestant, "canaries")]).toEqual([contestant, 0]);
    }
    expect(medianOf("vcc", "tokenRequests")).toBe(1);
    expect(medianOf("vcc", "drift")).toBeGreaterThan(0);
    // So that 1,000 of them, whose names and lines are longer, stay below 3,000.
    expect(medianOf("vcc", "stateBytes")).toBeLessThanOrEqual(2973);
    expect(medianOf("vcc", "import")).toBeLessThanOrEqual(20);

    expect(stdout).toContain("| 3 | **pulumi-vcc** |");
    expect(stdout).not.toContain("failed");
    expect(left()).toEqual(before);
  }, 600_000);
});
