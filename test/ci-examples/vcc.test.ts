import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "../temporary-directory";
import { type FakeTools, fakeTools } from "./fake-tools";

const script = join(__dirname, "../../examples/ci/vcc.sh");
const runbook = "https://github.com/pulumi-vcc/pulumi-vcc/blob/main/docs/runbook.md";

describe("vcc.sh", () => {
  const directory = temporaryDirectory();
  let tools: FakeTools;
  beforeEach(() => {
    tools = fakeTools(directory.path);
  });

  function run(job: string, environment: Record<string, string> = {}) {
    const { status, stderr } = spawnSync("sh", [script, job], {
      cwd: directory.path,
      encoding: "utf8",
      env: { PATH: tools.path, STACK: "prod", ...environment },
    });
    const calls = tools.calls().map(({ command }) =>
      // What every report has.
      command.replace(/^npx --no pulumi-vcc (drift .*) --format text .*/, "$1"),
    );
    return { status, stderr, calls };
  }

  const checksOthers = "drift --all --no-refresh --fail-on contested --no-details";
  const repairs =
    "drift --stack prod --max-age 30d --since reports/drift.json --repair --yes --no-details";
  // `pulumi up` forgets an interrupted update. Nobody may take the reports from before for those of this run.
  const repairsUnknown = "drift --stack prod --fail-on unknown --repair --yes --no-details";
  const verifies = "npx --no pulumi-vcc verify --declared --stack prod --yes";
  const updates = [
    "drift --stack prod --check-failed pulumi up has not finished --no-details",
    "pulumi up --stack prod --yes --skip-preview --non-interactive --continue-on-error",
    "drift --stack prod --no-details",
  ];

  it.each([
    [
      "review",
      [
        "pulumi preview --stack prod --diff --non-interactive",
        "drift --stack prod --fail-on unknown --no-details",
      ],
    ],
    ["drift", ["drift --all --max-age 30d --no-details"]],
    ["up", [checksOthers, repairsUnknown, verifies, ...updates]],
    [
      "reassert",
      [
        checksOthers,
        "drift --stack prod --fail-on pending,unregistered,orphaned --no-details",
        repairsUnknown,
        ...updates,
      ],
    ],
    ["repair", [repairs]],
  ])("%s runs these commands, in this order", (job, calls) => {
    expect(run(job)).toMatchObject({ status: 0, calls });
  });

  it("repairs a locked stack if the user asks for it", () => {
    const { calls } = run("repair", { CANCEL: "true" });
    expect(calls).toEqual(["pulumi cancel --yes --stack prod", repairs]);
  });

  it("registers nothing if an endpoint does not work, unless the user wants no verification", () => {
    tools.respond("npx", 'case "$*" in *" verify "*) exit 2 ;; esac');
    const stopped = run("up");
    expect(stopped).toMatchObject({ status: 2, calls: [checksOthers, repairsUnknown, verifies] });
    const unverified = [...stopped.calls, checksOthers, repairsUnknown, ...updates];
    expect(run("up", { VERIFY: "false" })).toMatchObject({ status: 0, calls: unverified });
    // An endpoint may be unknown before the first `pulumi up`.
    tools.respond("npx", 'case "$*" in *" verify "*) exit 1 ;; esac');
    expect(run("up")).toMatchObject({
      status: 0,
      calls: [...unverified, checksOthers, repairsUnknown, verifies, ...updates],
    });
  });

  it("checks the stacks that the user names", () => {
    expect(run("drift", { STACK: "", STACKS: "--stack a --stack b" }).calls).toEqual([
      "drift --stack a --stack b --max-age 30d --no-details",
    ]);
  });

  it("writes each report, which may have details, and tells a chat what has changed", () => {
    const options = { MAX_AGE: "7d", DETAILS: "true", REPORTS: "out", NOTIFY: "cat > chat" };
    run("drift", options);
    const notify = `{ cat; echo 'What to do: ${runbook}'; } | (cat > chat)`;
    expect(tools.calls()[0]?.command).toBe(
      `npx --no pulumi-vcc drift --all --max-age 7d --since out/drift.json --notify-command ${notify} ` +
        "--format text --format junit --output out/drift.xml --format markdown --output out/drift.md " +
        "--format json --output out/drift.json",
    );
    expect(readdirSync(directory.path)).toContain("out");
    execFileSync("sh", ["-c", notify], { cwd: directory.path, input: "the report\n" });
    expect(readFileSync(join(directory.path, "chat"), "utf8")).toBe(
      `the report\nWhat to do: ${runbook}\n`,
    );
  });

  it.each([
    ["drift", 2, 0, 2, 1],
    ["drift", 1, 0, 1, 1],
    ["drift", 127, 0, 1, 1],
    ["review", 0, 1, 1, 1],
    ["review", 2, 0, 2, 2],
    ["up", 2, 0, 2, 1],
    // Only the check of the other stacks may fail.
    ["up", 1, 0, 1, 2],
    ["reassert", 1, 0, 1, 2],
    ["up", 0, 1, 1, 6],
    ["repair", 0, 1, 0, 1],
    ["nonsense", 0, 0, 1, 0],
  ])("%s, if drift ends with %i and pulumi with %i, ends with %i after %i commands", (...row) => {
    const [job, drift, pulumi, status, count] = row;
    tools.respond("npx", `exit ${drift}`);
    tools.respond("pulumi", `exit ${pulumi}`);
    const ended = run(job);
    expect(ended.status).toBe(status);
    expect(ended.calls).toHaveLength(count);
    expect(ended.stderr.includes(runbook)).toBe(job === "drift");
  });

  it("needs a stack", () => {
    expect(run("up", { STACK: "" })).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("STACK is required"),
      calls: [],
    });
  });
});
