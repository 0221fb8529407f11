import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { DriftClass } from "../../cli/drift/report/classes";
import type { createPulumi } from "../../cli/pulumi/pulumi";
import { parseReport } from "../report-formats";
import {
  configure,
  drift,
  expectFailureInAllFormats,
  expectInAllFormats,
  inspectInAllFormats,
  recordedProject,
} from "./drift/command";
import {
  inStack,
  loadRecording,
  only,
  type Recording,
  recordedSecrets,
  replay,
} from "./drift/recordings";
import { nowMs } from "./drift/samples";

const plain = loadRecording("plain");
const refreshed = loadRecording("refreshed");

const up = "pulumi up --stack dev";
const urnOf = (resource: string) =>
  `urn:pulumi:dev::project::pulumi-nodejs:dynamic/vcc:VccProvider::${resource}`;
const targetUp = (resource: string) => `${up} --target ${urnOf(resource)}`;
const refreshUp = (resource: string) =>
  targetUp(resource).replace("up", "up --refresh --run-program");
const replaceUp = (resource: string) => `${targetUp(resource)} --replace ${urnOf(resource)}`;
const registered = "registered 2026-11-20T12:00:00.000Z";
const seen = "seen in use 2026-11-21T12:00:00.000Z";
const overwritten = "VCC has used a registration without X-Vcc-Registration since 2026-11-2";

interface More {
  /** @default `Crm <resource>` */
  name?: string;
  changed?: string[];
  /** @default none */
  repair?: string;
  /** What it begins with. @default none */
  advice?: string;
  /** @default by class */
  fails?: boolean;
  /** @default by class */
  verified?: boolean;
}

type Case = [
  resource: string,
  args: string,
  DriftClass,
  line: number | undefined,
  evidence: string,
  More?,
];

const headers = ["headers.Authorization"];
const cases: Case[] = [
  ["same", "", "in sync", 8, registered],
  ["same", "--max-age 1d", "stale", 8, registered, { repair: replaceUp("same") }],
  ["same", "--max-age 2d", "in sync", 8, registered],
  ["rotated", "", "pending", 9, registered, { changed: headers, repair: targetUp("rotated") }],
  [
    "rotated",
    "--fail-on stale,orphaned",
    "pending",
    9,
    registered,
    { changed: headers, repair: targetUp("rotated"), fails: false },
  ],
  [
    "edited",
    "",
    "pending",
    10,
    registered,
    { changed: ["agentActionsPermitted.hold"], repair: targetUp("edited") },
  ],
  [
    "daily",
    "",
    "stale",
    11,
    registered,
    { changed: ["reassertWindow"], repair: targetUp("daily") },
  ],
  [
    "lapsed",
    "",
    "stale",
    12,
    `${registered}, for the window 2026-01-01`,
    { repair: replaceUp("lapsed") },
  ],
  [
    "ignoring",
    "",
    "ignored",
    13,
    `${registered}, changes ignored: headers`,
    { advice: "to compare headers, remove the option ignoreChanges" },
  ],
  [
    "ignoring",
    "--fail-on ignored",
    "ignored",
    13,
    "changes ignored",
    { advice: "to compare headers", fails: true },
  ],
  [
    "lost",
    "",
    "unknown",
    15,
    "sent at 2026-11-22T12:00:00.000Z, not acknowledged",
    { name: "Lost", repair: targetUp("lost") },
  ],
  ["updating", "", "unknown", 16, "interrupted while updating", { repair: replaceUp("updating") }],
  [
    "creating",
    "",
    "unknown",
    17,
    "interrupted while creating",
    {
      repair: `${targetUp("creating")} && pulumi refresh --stack dev --target ${urnOf("creating")} --clear-pending-creates`,
    },
  ],
  // Clearing it would only forget that VCC may hold the name.
  [
    "vanished",
    "",
    "unknown",
    undefined,
    "interrupted while creating, no longer declared",
    { advice: "declare it again, run `pulumi up`" },
  ],
  ["named", "", "in sync", 18, registered],
  ["added", "", "unregistered", 19, "declared only", { repair: targetUp("added") }],
  [
    "unnamed",
    "",
    "unregistered",
    20,
    "declared only",
    { name: "(unnamed)", repair: targetUp("unnamed") },
  ],
  ["removed", "", "orphaned", undefined, registered, { repair: targetUp("removed") }],
  ["verified", "", "verified", 23, seen],
  ["verified", "--require-verified 24h", "verified", 23, seen],
  [
    "verified",
    "--require-verified 23h",
    "unverified",
    23,
    seen,
    { advice: "make sure that the receiver gets notifications", verified: true },
  ],
  // What an earlier refresh has recorded.
  ["verified", "--no-refresh", "in sync", 23, registered],
  ["silent", "", "in sync", 24, "unverified: no notification since 2026-11-19T12:00:00.000Z"],
  [
    "silent",
    "--require-verified 7d",
    "unverified",
    24,
    "no notification",
    { advice: "make sure that the receiver" },
  ],
  ["drifted", "", "drifted", 25, overwritten, { changed: ["drift"], repair: refreshUp("drifted") }],
  [
    "contested",
    "",
    "contested",
    26,
    overwritten,
    { changed: ["drift"], repair: refreshUp("contested"), advice: "find out who else" },
  ],
  [
    "rotating",
    "",
    "rotating",
    27,
    'VCC still used the former registration at 2026-11-21T12:00:00.000Z, with the headers "former"',
    { advice: "keep accepting the former headers" },
  ],
  [
    "rotating",
    "--fail-on rotating",
    "rotating",
    27,
    "VCC still used the former",
    { advice: "keep accepting", fails: true },
  ],
  ["retired", "", "verified", 28, 'the headers "former" not used since 2026-11-21T12:00:00.000Z'],
  [
    "refusing",
    "",
    "in sync",
    29,
    "unverified: the witness responded 401: compare vcc:witnessToken",
  ],
];

/** With what the CLI printed, in every format. */
describe("drift reports", () => {
  recordedProject();

  it.each(cases)("%s %s as %s", async (resource, args, driftClass, line, evidence, more = {}) => {
    const isRefreshed = line !== undefined && line > 22 && args !== "--no-refresh";
    const recording = only(isRefreshed ? refreshed : plain, resource);
    const options = args === "" ? [] : args.split(" ");
    const reports = await inspectInAllFormats(replay(recording), options);
    const { name = `Crm ${resource}`, repair = null, advice, ...others } = more;
    const isTolerated = ["in sync", "verified", "ignored", "rotating"].includes(driftClass);
    const expected = { name, class: driftClass, fails: !isTolerated, line, ...others };
    expectInAllFormats(reports, expected);
    expect(reports.stack.registrations[0]).toMatchObject({
      resource,
      evidence: expect.stringContaining(evidence),
      ageS: ["creating", "added", "unnamed"].includes(resource) ? null : 2 * 24 * 3600,
      repair,
      advice: advice === undefined ? null : expect.stringContaining(advice),
    });
  });

  it.each<[string, Recording, string[], string]>([
    [
      "of a program that throws, without what it reveals",
      loadRecording("broken-program"),
      ["Crm rotated"],
      "Error: broken by [secret] and …; run `pulumi preview` for the full output",
    ],
    [
      "without a region",
      loadRecording("no-region"),
      ["Crm same"],
      "pulumi-nodejs:dynamic/vcc:VccProvider resource 'same' has a problem: vcc:region (or VCC_REGION) is required",
    ],
    [
      "with a wrong passphrase",
      loadRecording("wrong-passphrase"),
      ["Crm same"],
      "getting stack configuration: get stack secrets manager: incorrect passphrase; set PULUMI_CONFIG_PASSPHRASE",
    ],
  ])("a stack %s as a failure", async (_stack, recording, unreached, reason) => {
    const resources = unreached.map((name) => name.replace("Crm ", ""));
    const environment = { SERVICE_PASSWORD: recordedSecrets.password };
    const connect = replay(only(recording, ...resources));
    const reports = await inspectInAllFormats(connect, [], { environment });
    expectFailureInAllFormats(reports, reason, unreached);
  });

  it("a locked stack as a failure", async () => {
    lock("dev");
    const reports = await inspectInAllFormats(replay(only(plain, "same")));
    expectFailureInAllFormats(reports, "the stack is locked by an unknown user (1.json); retry");
  });
});

/** What a running update leaves in the backend of the recordings. */
function lock(stack: string) {
  const locks = `state/.pulumi/locks/organization/project/${stack}`;
  mkdirSync(locks, { recursive: true });
  writeFileSync(join(locks, "1.json"), "{}");
}

describe("drift", () => {
  const directory = recordedProject();

  async function inspect(connect: typeof createPulumi, args: string[] = [], atMs = nowMs) {
    const { stdout, code } = await drift(connect, ["-f", "json", ...args], { atMs });
    const report = parseReport(stdout);
    const registrations = report.stacks.flatMap((stack) => stack.registrations);
    return { code, report, registrations, error: report.stacks[0]?.error };
  }

  it("reports all registrations of a stack, what is urgent first, with one command for each cause", async () => {
    const { code, report, registrations } = await inspect(replay(plain), ["--no-refresh"]);
    expect(code).toBe(2);
    expect(registrations.map((one) => [one.provider ?? one.resource, one.class])).toEqual([
      ["Crm creating", "unknown"],
      ["Crm updating", "unknown"],
      ["Crm vanished", "unknown"],
      ["Lost", "unknown"],
      ["unnamed", "unregistered"],
      ["Crm added", "unregistered"],
      ["Crm daily", "stale"],
      ["Crm edited", "pending"],
      ["Crm lapsed", "stale"],
      ["Crm removed", "orphaned"],
      ["Crm rotated", "pending"],
      ["Former", "orphaned"],
      ["Crm ignoring", "ignored"],
      ["Crm renamed", "in sync"],
      ["Crm same", "in sync"],
      ["Crm verified", "in sync"],
      ["Crm named", "in sync"],
    ]);
    expect(report.count).toBe(12);
    const targets = (...resources: string[]) =>
      resources.map((resource) => ` --target ${urnOf(resource)}`).join("");
    const replace = (resource: string) => ` --replace ${urnOf(resource)}`;
    expect(report.stacks[0]).toMatchObject({
      repair: `${up}${replace("lapsed")}${replace("updating")}`,
      repairs: [
        {
          class: "unknown",
          command: `${up}${targets("creating", "lost", "updating")}${replace("updating")}`,
        },
        { class: "stale", command: `${up}${targets("daily", "lapsed")}${replace("lapsed")}` },
      ],
      update: `${up}${replace("lapsed")}`,
    });
    expect(report.warnings).toEqual([expect.stringContaining("set VCC_REASSERT_EVERY here too")]);
  });

  it("reports what was replaced but could not be reset as orphaned", async () => {
    const { code, registrations } = await inspect(replay(only(plain, "renamed")));
    expect(code).toBe(2);
    expect(registrations).toMatchObject([
      { provider: "Former", class: "orphaned", location: null, repair: targetUp("renamed") },
      { provider: "Crm renamed", class: "in sync", location: { line: 14 } },
    ]);
  });

  it("points at a declaration at the top level of an ES module", async () => {
    const { registrations } = await inspect(replay(only(loadRecording("broken-program"), "same")));
    expect(registrations[0]?.location).toEqual({ file: "index.ts", line: 4, column: 14 });
  });

  it("says if a clock was ahead, or is behind", async () => {
    const { registrations } = await inspect(
      replay(only(plain, "lapsed")),
      ["--max-age", "30d"],
      Date.parse("2025-12-31T12:00:00Z"),
    );
    expect(registrations).toMatchObject([
      {
        class: "stale",
        ageS: 0,
        evidence: expect.stringContaining("in the future: check the clocks, for the window"),
      },
    ]);
  });

  it("reports only the registrations of an account", async () => {
    const connect = replay(only(plain, "same", "named"));
    const { report, registrations } = await inspect(connect, ["--account", "acme"]);
    expect(registrations.map(({ provider }) => provider)).toEqual(["Crm named"]);
    expect(report.stacks[0]?.accounts).toEqual([{ account: "acme", registrations: 1, count: 0 }]);
    const { stdout } = await drift(connect);
    expect(stdout).toMatch(/^"acme" +emea +"Crm named" +in sync \(unverified\)/m);
  });

  it("fits its table into the terminal, and has one line for each row in a pipe", async () => {
    const tableOf = async (columns?: number) => {
      const { stdout } = await drift(replay(only(plain, "rotated", "ignoring")), [], { columns });
      const lines = stdout.split("\n");
      return lines.slice(lines.findIndex((line) => line.startsWith("REGION")));
    };
    for (const columns of [80, 120]) {
      const lengths = (await tableOf(columns)).map(({ length }) => length);
      expect(Math.max(...lengths)).toBeLessThanOrEqual(columns);
    }
    expect((await tableOf()).filter((line) => line.startsWith("emea"))).toHaveLength(2);
  });

  it.each([
    ["a stack", [], "project/dev: no registrations\n"],
    ["all stacks", ["--all"], "2 stacks, no registration in a class that fails\n"],
    ["all projects", ["--all-projects", "."], "2 stacks, no registration in a class that fails\n"],
  ])("passes without registrations in %s", async (_which, args, text) => {
    configure("other");
    const empty = only(plain);
    const ended = await drift(replay(empty, inStack(empty, "other")), args);
    expect(ended).toEqual({ code: 0, stdout: expect.stringContaining(text), stderr: "" });
  });

  it("fails without stacks, as in the wrong backend", async () => {
    expect(await drift(replay(), ["--all"])).toEqual({
      code: 1,
      stdout: "",
      stderr:
        "error: there are no stacks; choose another directory, or another backend with `pulumi login`\n",
    });
  });

  it("hides the messages of programs with --no-details, except on the terminal", async () => {
    const connect = replay(loadRecording("broken-program"));
    const { stdout, stderr } = await drift(connect, ["--no-details", "-f", "markdown"]);
    expect(stdout).toContain("check failed: the log of pulumi-vcc drift says why");
    expect(stderr).toContain("broken by [secret] and ");
  });

  it("hides the secrets of the environment and of the stack, if the CLI does not", async () => {
    const printed = JSON.stringify(loadRecording("broken-program"));
    const recording = JSON.parse(printed.replace("[secret]", recordedSecrets.token)) as Recording;
    const environment = { SERVICE_PASSWORD: recordedSecrets.password };
    const { stderr } = await drift(replay(recording), [], { environment });
    expect(stderr).toContain("error: Error: broken by … and …; run");
  });

  it("checks nothing with --check-failed", async () => {
    const connect = () => () => Promise.reject(new Error("it runs the CLI"));
    const { code, error } = await inspect(connect, ["--check-failed", "npm ci failed"]);
    expect({ code, error }).toEqual({ code: 1, error: "npm ci failed" });
  });

  it.each<[string, () => void, string]>([
    [
      "its configuration is missing, and does not create it",
      () => rmSync("Pulumi.dev.yaml"),
      "Pulumi.dev.yaml is missing; commit it",
    ],
    [
      "its configuration names no secrets provider",
      () => writeFileSync("Pulumi.dev.yaml", "config: {}\n"),
      "Pulumi.dev.yaml names no secrets provider",
    ],
  ])("fails if %s", async (_problem, make, reason) => {
    make();
    const before = readdirSync(".");
    const { code, error } = await inspect(replay(plain));
    expect(error).toContain(reason);
    expect(code).toBe(1);
    expect(readdirSync(".")).toEqual(before);
  });

  it.each<[string, string[], Recording, string]>([
    [
      "another stack",
      ["--stack", "other"],
      loadRecording("unknown-stack"),
      "no stack named 'other' found; `pulumi stack ls` lists",
    ],
    ["another directory", ["--cwd", "no"], plain, "no is not a readable directory (ENOENT)"],
    ["a directory without a project", ["--cwd", "/tmp"], plain, "no Pulumi.yaml in /tmp or above"],
  ])("fails in %s, and says what to do next", async (_where, args, recording, reason) => {
    const { code, stdout, stderr } = await drift(replay(recording), args);
    expect(stderr).toContain(`error: ${reason}`);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  });

  it("fails in a project of another language, which the CLI may not know", async () => {
    writeFileSync("Pulumi.yaml", "name: project\nruntime: python\n");
    const about = plain.about?.stdout as object;
    const stdout = { ...about, runtime: null };
    const recording = { ...plain, about: { failed: false, stdout, stderr: "" } };
    const { error } = await inspect(replay(recording));
    expect(error).toContain("the project's runtime is python; VccProvider works in Node.js");
  });

  it.each([
    [["--fail-on", "nonsense"], "Allowed choices are ignored, unknown"],
    [["--format", "xml"], "Allowed choices are text, json, junit"],
    [["--all-causes"], "--all-causes needs --repair"],
    [["--max-age", "soon"], "expected a duration like"],
    [["--output", "x"], "each --output must follow its own --format"],
    [
      ["-f", "json", "-o", "x", "-f", "junit", "-o", "./x"],
      "another --format already writes to this file",
    ],
    [["-f", "json", "-f", "junit"], "json and junit cannot share standard output"],
  ])("refuses %j", async (args, reason) => {
    const { code, stdout, stderr } = await drift(replay(plain), args);
    expect(stderr).toContain(reason);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  });

  it("fails if a report cannot be written, and writes the others", async () => {
    writeFileSync("drift.md", "before");
    const { code, stdout, stderr } = await drift(replay(only(plain, "same")), [
      ...["--format", "json", "--output", "no/drift.json"],
      ...["--format", "markdown", "--output", "drift.md"],
      ...["--format", "text"],
    ]);
    expect(code).toBe(1);
    expect(stderr).toBe("error: cannot write no/drift.json (ENOENT); choose another --output\n");
    for (const text of [stdout, readFileSync("drift.md", "utf8")]) {
      expect(text).toContain("1 registration as declared");
    }
  });

  it("inspects another stack from a subdirectory", async () => {
    mkdirSync("src");
    configure("other");
    const connect = replay(plain, inStack(only(plain, "added"), "other"));
    const { code, registrations } = await inspect(connect, ["--stack", "other", "-C", "src"]);
    expect(code).toBe(2);
    expect(registrations).toMatchObject([
      {
        class: "unregistered",
        repair: `pulumi up --cwd src --stack other --target ${urnOf("added").replace(":dev:", ":other:")}`,
        location: { file: "index.ts" },
      },
    ]);
  });

  it("has a row for each stack with --all, and finds what two of them declare", async () => {
    for (const stack of ["dev", "other"]) configure(stack, { "vcc:clientId": "id" });
    for (const stack of ["broken", "locked"]) configure(stack);
    lock("locked");
    const shared = only(plain, "same");
    const connect = replay(
      shared,
      inStack(shared, "other"),
      inStack(loadRecording("broken-program"), "broken"),
      inStack(shared, "locked"),
    );
    const { code, report } = await inspect(connect, ["--all"]);
    expect(code).toBe(1);
    const rows = report.stacks.map(({ stack, outcome, registrations }) => [
      stack,
      outcome,
      ...registrations.map((one) => one.class),
    ]);
    expect(rows).toEqual([
      ["dev", "drift", "contested"],
      ["other", "drift", "contested"],
      ["broken", "check failed", "check failed", "in sync"],
      ["locked", "check failed"],
    ]);
    expect(report.stacks[0]?.registrations).toMatchObject([
      { evidence: expect.stringContaining("also declared by project/other (same)") },
    ]);
    expect(report.warnings.join()).toContain('"Crm same" in emea is declared by');
  });

  /** Puts a CLI on the PATH that writes its arguments and two variables to the file `repaired`. */
  function recordRepairs(exitCode = 0): NodeJS.ProcessEnv {
    mkdirSync("bin");
    const variables = '"$PULUMI_SKIP_CONFIRMATIONS" "$PULUMI_OPTION_TARGET"';
    writeFileSync("bin/pulumi", `#!/bin/sh\necho "$*" ${variables} >>repaired\nexit ${exitCode}\n`);
    chmodSync("bin/pulumi", 0o755);
    return { PATH: [join(directory.path, "bin"), process.env.PATH].join(delimiter) };
  }

  it("repairs what is to be registered again, and leaves changes and resets alone", async () => {
    const connect = replay(only(plain, "rotated", "removed", "updating", "lapsed"));
    const environment = recordRepairs();
    const { code, stderr } = await drift(connect, ["--repair", "--yes"], { environment });
    expect(code).toBe(2);
    expect(
      stderr,
    ).toContain(`"Crm updating" is unknown. An update was interrupted while updating it: VCC may hold the registration from before or after it.
Pulumi may suggest pulumi refresh for pending operations. Do not run it: it only forgets them.
This leaves the others as they are: 1 stale, 1 orphaned, 1 pending.
To repair what is unknown in project/dev:
  ${replaceUp("updating")}
`);
    const commands = [replaceUp("updating"), replaceUp("lapsed")];
    expect(readFileSync("repaired", "utf8")).toBe(
      commands.map((command) => `${command.replace("pulumi ", "")} true \n`).join(""),
    );
  });

  it("repairs with --all-causes what is urgent first, and then everything", async () => {
    const connect = replay(only(plain, "rotated", "removed", "updating", "lapsed"));
    const environment = recordRepairs();
    const { stderr } = await drift(connect, ["--repair", "--all-causes", "--yes"], { environment });
    expect(stderr).toContain(`stale: "Crm lapsed"
pending: "Crm rotated"
orphaned: "Crm removed"
This will apply all changes of the program, and reset what is orphaned.
`);
    const commands = [replaceUp("updating"), `${up} --replace ${urnOf("lapsed")}`];
    expect(readFileSync("repaired", "utf8")).toBe(
      commands.map((command) => `${command.replace("pulumi ", "")} true \n`).join(""),
    );
  });

  it("repairs no further cause of a stack after a failure", async () => {
    const connect = replay(only(plain, "updating", "lapsed"));
    const environment = recordRepairs(1);
    const { stderr } = await drift(connect, ["--repair", "--yes"], { environment });
    expect(stderr).toContain(`error: failed: ${replaceUp("updating")}\n`);
    expect(readFileSync("repaired", "utf8").split("\n")).toHaveLength(2);
  });

  it("says why it repairs nothing if all that fails waits for an update", async () => {
    const connect = replay(only(plain, "rotated", "removed"));
    const { stderr } = await drift(connect, ["--repair", "--yes"]);
    expect(stderr).toContain(
      "Nothing repaired in project/dev: pending, orphaned wait for `pulumi up`, or --all-causes.\n",
    );
  });

  it("repairs with --since only what that report has in the same class, and reports the rest", async () => {
    const since = ["--since", "drift.json", "-f", "json", "-o", "drift.json"];
    const environment = recordRepairs();
    const args = [...since, "--repair", "--yes"];
    const same = replay(only(plain, "same"));
    await drift(same, since);
    const { stderr } = await drift(same, [...args, "--max-age", "1h"], { environment });
    expect(stderr).toContain("the report of --since does not have it as stale: same\n");

    const lapsed = replay(only(plain, "lapsed", "same"));
    const first = await drift(lapsed, args, { environment });
    expect(first.stderr).toContain(
      "Not repaired in project/dev, because the report of --since does not have it as stale: lapsed\n",
    );
    expect(readdirSync(".")).not.toContain("repaired");
    expect(parseReport(readFileSync("drift.json", "utf8")).stacks[0]?.repairs).toMatchObject([
      { class: "stale", resources: ["lapsed"] },
    ]);

    const unknown = replay(only(plain, "lapsed", "updating"));
    const second = await drift(unknown, args, { environment });
    expect(second.stderr).toContain(
      "Nothing else is repaired: any update forgets which operations were interrupted.\n",
    );
    expect(readdirSync(".")).not.toContain("repaired");

    await drift(unknown, args, { environment });
    expect(readFileSync("repaired", "utf8").match(/--replace \S+/g)).toEqual(
      ["updating", "lapsed"].map((name) => `--replace ${urnOf(name)}`),
    );
  });

  it("repairs, checks again, and reports and notifies what has changed", async () => {
    const environment = { ...recordRepairs(), PULUMI_OPTION_TARGET: "x" };
    const isRepaired = () => readdirSync(".").includes("repaired");
    const connect: typeof createPulumi = () => (args, cwd) =>
      replay(only(plain, isRepaired() ? "same" : "rotated"))()(args, cwd);

    const args = ["--since", "drift.json", "-f", "json", "-o", "drift.json"];
    await drift(connect, args);
    const { code, stderr } = await drift(
      connect,
      [...args, "--notify-command", "cat >notified", "--repair", "--all-causes", "--yes"],
      { environment },
    );
    expect(stderr).toContain(`To repair what is pending in project/dev:\n  ${up}\n`);
    expect(stderr).toContain("hide differences: PULUMI_OPTION_TARGET");
    expect(code).toBe(0);
    expect(readFileSync("repaired", "utf8")).toBe("up --stack dev true \n");
    expect(parseReport(readFileSync("drift.json", "utf8")).changes).toContainEqual(
      expect.objectContaining({ provider: "Crm rotated", before: "pending", after: null }),
    );
    expect(readFileSync("notified", "utf8")).toContain("1 registration as declared");
    await drift(connect, [...args, "--notify-command", "echo again >>notified"]);
    expect(readFileSync("notified", "utf8")).not.toContain("again");
  });
});
