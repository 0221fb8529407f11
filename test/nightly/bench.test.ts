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

/** The directories that benchmarks have left in the clone. */
const leftovers = () => readdirSync(root).filter((name) => name.startsWith(".bench-"));

function bench(args: string[], env: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, ["bench/main.mts", ...args], { cwd: root, env });
  const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]).then(
    ([stdout, stderr, [code]]) => ({ code, stdout, stderr }),
  );
  return { child, ended };
}

/** An environment whose `go build` outputs this script for every program. */
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
  it("reports no figures for a candidate that only appears to work, and fails", async () => {
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
        Array(2).fill("up: the server has 0 registrations; 0 of the 3 declared ones match"),
      );
    }
  });

  it("stops its command when it is interrupted, and leaves no files behind", async () => {
    const before = leftovers();
    const started = join(directory, "started");
    const terminated = join(directory, "terminated");
    const json = join(directory, "results.json");
    writeFileSync(json, "earlier figures");
    const { child, ended } = bench(["--only", "restapi", "--n", "3", "--json", json], {
      ...process.env,
      ...environmentWithTofu(
        `trap 'kill $!; sleep 1; touch "${terminated}"; exit 0' TERM; sleep 60 & touch "${started}"; wait`,
      ),
    });
    while (!existsSync(started)) await setTimeout(50);
    child.kill("SIGTERM");
    expect(await ended).toEqual({ code: 130, stdout: "", stderr: expect.any(String) });
    expect((await ended).stderr).toMatch(/(^|\n)interrupted\n$/);
    expect((await ended).stderr).not.toContain("run 1");
    expect(existsSync(terminated)).toBe(true);
    expect(readFileSync(json, "utf8")).toBe("earlier figures");
    expect(leftovers()).toEqual(before);
  });

  it("reports at once that it cannot write the results", async () => {
    const file = join(directory, "no/results.json");
    expect(await bench(["--json", file], process.env).ended).toEqual({
      code: 1,
      stdout: "",
      stderr: `cannot write ${file} (ENOENT); choose another --json\n`,
    });
  });

  it("measures each Pulumi candidate, verifies its results, and reports them as tables and JSON", async () => {
    const file = join(directory, "results.json");
    const before = leftovers();
    const { code, stdout } = await bench(
      ["--only", "vcc,handwritten,floor", "--n", String(n), "--runs", "1", "--json", file],
      process.env,
    ).ended;
    expect(code).toBe(0);
    const { machine, results }: { machine: Machine; results: Result[] } = JSON.parse(
      readFileSync(file, "utf8"),
    );
    expect(machine).toMatchObject({ latencyMs: 2, runs: 1, cores: expect.any(Number) });
    const medianOf = (candidate: string, metric: Metric) =>
      results.find((each) => each.candidate === candidate && each.metric === metric)?.median;
    const candidates = ["vcc", "handwritten", "floor"].flatMap((name) => [
      name,
      `${name}-skip-checkpoints`,
    ]);
    expect([...new Set(results.map(({ candidate }) => candidate))].sort()).toEqual(
      [...candidates].sort(),
    );
    for (const candidate of candidates) {
      for (const metric of [
        "up",
        "noop",
        "rotate",
        "preview",
        "engineMemory",
        "providerMemory",
      ] as const) {
        expect([candidate, metric, medianOf(candidate, metric)]).toEqual([
          candidate,
          metric,
          expect.any(Number),
        ]);
      }
      const registers = !candidate.startsWith("floor");
      expect([candidate, medianOf(candidate, "apiRequests")]).toEqual([
        candidate,
        registers ? n : 0,
      ]);
      expect([candidate, medianOf(candidate, "noopRequests")]).toEqual([candidate, 0]);
      expect([candidate, medianOf(candidate, "canaries")]).toEqual([candidate, 0]);
    }
    expect(medianOf("vcc", "tokenRequests")).toBe(1);
    expect(medianOf("vcc", "drift")).toBeGreaterThan(0);
    // With 1,000 registrations, names and line numbers are longer: 25 bytes.
    expect(medianOf("vcc", "stateBytes")).toBeLessThanOrEqual(3250);
    expect(medianOf("vcc", "import")).toBeLessThanOrEqual(20);

    expect(stdout).toContain("| 3 | **pulumi-vcc** |");
    expect(stdout).not.toContain("failed");
    expect(leftovers()).toEqual(before);
  }, 1_200_000);
});
