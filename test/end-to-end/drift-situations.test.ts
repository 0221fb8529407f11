import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { driftCommand } from "../../cli/drift-command";
import { parseJson } from "../../cli/formats";
import type { Inventory } from "../../cli/inventory/schema";
import { isIgnored } from "../../cli/pulumi/environment";
import { createPulumi } from "../../cli/pulumi/pulumi";
import { resourceType } from "../../provider/resource/provider-code";
import {
  commandOf,
  loadRecording,
  only,
  type Recording,
  type RecordingName,
  recordedDirectory,
  recordedSecrets,
  recordingNames,
  saveRecording,
} from "../cli/drift/recordings";
import { nowMs } from "../cli/drift/samples";
import {
  createSituations,
  formerWindow,
  type Situations,
  unwitnessed,
  witnessed,
} from "./drift-situations";
import { readProcess, until } from "./engine";
import { hostileEnvironment, kept } from "./pulumi-variables";
import { fingerprintKeys, formsOf } from "./secrets";

const hourMs = 3_600_000;
const today = new Date(nowMs).toISOString().slice(0, 10);

const cleanups: Array<() => unknown> = [];
let situations: Situations;
beforeAll(async () => {
  situations = await createSituations(cleanups);
}, 300_000);
afterAll(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
});

/** Runs `drift` in this process, and records what the CLI answers. */
async function record(
  args: string[] = [],
  environment: NodeJS.ProcessEnv = {},
  directory = situations.project.directory,
) {
  const recording: Recording = {};
  const reports = mkdtempSync(join(tmpdir(), "pulumi-vcc-reports-"));
  const before = { env: process.env, directory: process.cwd(), exitCode: process.exitCode };
  process.env = { ...situations.environment, ...environment };
  process.chdir(directory);
  const stderr = jest.spyOn(console, "error").mockImplementation();
  try {
    await driftCommand((options) => {
      const pulumi = createPulumi(options);
      return async (args, directory) => {
        const answer = await pulumi(args, directory);
        const stdout = parseJson(answer.stdout) ?? answer.stdout;
        recording[commandOf(args)] = { ...answer, stdout };
        return answer;
      };
    }).parseAsync(["-f", "json", "-o", join(reports, "report.json"), ...args], { from: "user" });
  } finally {
    stderr.mockRestore();
    process.env = before.env;
    process.chdir(before.directory);
    process.exitCode = before.exitCode;
    rmSync(reports, { recursive: true });
  }
  return recording;
}

describe("the recordings of drift", () => {
  const recorded = {} as Record<RecordingName, Recording>;
  let keys: string[];

  beforeAll(async () => {
    const { project, interrupt } = situations;
    const { stack, write } = project;
    recorded.refreshed = await record();
    interrupt();
    const file = join(project.directory, "Pulumi.dev.yaml");
    const before = readFileSync(file, "utf8");
    // Nothing that the CLI reads from the environment hides a difference.
    recorded.plain = await record(
      ["--no-refresh"],
      hostileEnvironment(await documentedVariables()),
    );
    expect(readFileSync(file, "utf8")).toBe(before);
    keys = await fingerprintKeys(stack);
    recorded["wrong-passphrase"] = await record([], { PULUMI_CONFIG_PASSPHRASE: "wrong" });
    recorded["unknown-stack"] = await record(["--stack", "other"]);
    // An ES module, as in the projects of `init`.
    const manifest = join(project.directory, "package.json");
    const { dependencies } = JSON.parse(readFileSync(manifest, "utf8"));
    writeFileSync(manifest, JSON.stringify({ type: "module", dependencies }));
    write(`import * as pulumi from "@pulumi/pulumi";
import { VccProvider } from "pulumi-vcc";
const endpoint = "https://crm.example.com/vcc";
const same = new VccProvider("same", { provider: "Crm same", endpoint, agentActionsPermitted: {} });
pulumi.all([new pulumi.Config().requireSecret("callbackToken"), same.urn]).apply(([token]) => {
  throw new Error("broken by " + token + " and " + process.env.SERVICE_PASSWORD);
});
`);
    recorded["broken-program"] = await record(["--no-refresh"]);
    recorded["no-region"] = await record(["--no-refresh"], { VCC_REGION: "" });
  }, 300_000);

  it.each(recordingNames)("are what today's CLI prints: %s", (name) => {
    const recording = normalize(only(recorded[name], ...(replayed[name] ?? [])));
    if (process.env.WRITE_RECORDINGS) saveRecording(name, recording);
    expect(withoutReasons(recording)).toEqual(withoutReasons(loadRecording(name)));
  });

  /** The provider tests their wording. */
  const withoutReasons = (recording: Recording): Recording =>
    JSON.parse(JSON.stringify(recording), (key, value) =>
      ["drift", "evidence"].includes(key) && typeof value === "string"
        ? value.replace(/: .*/, "")
        : value,
    );

  it("contain no secret, unless the program throws it", () => {
    const { credentials, secrets } = situations;
    const printed = JSON.stringify([recorded.plain, recorded.refreshed]);
    for (const secret of [...Object.values(secrets), credentials.clientSecret, ...keys]) {
      for (const form of formsOf(secret)) expect(printed.includes(form)).toBe(false);
    }
  });

  /** The registrations of a recording that a test replays. @default none */
  const replayed: Partial<Record<RecordingName, readonly string[]>> = {
    plain: unwitnessed,
    refreshed: witnessed,
    "broken-program": ["same", "rotated"],
    "no-region": ["same"],
    "wrong-passphrase": ["same"],
  };

  /** Without what nothing reads, and with constants for what differs in each run. */
  function normalize(recording: Recording): Recording {
    const { project, secrets, credentials, startedMs } = situations;
    const constants = [
      [project.directory, recordedDirectory],
      [secrets.token, recordedSecrets.token],
      [secrets.password, recordedSecrets.password],
      [credentials.clientSecret, recordedSecrets.clientSecret],
    ] as const;
    const trimmed = Object.entries(recording).map(([command, { stdout, ...others }]) => [
      command,
      { ...others, stdout: trimmers[command]?.(stdout) ?? stdout },
    ]);
    return JSON.parse(JSON.stringify(Object.fromEntries(trimmed.sort())), (key, value) => {
      if (typeof value !== "string") return value;
      if (key === "reassertWindow") {
        return value.startsWith(formerWindow) ? value : value.replace(/^.{10}/, today);
      }
      return (
        constants
          .reduce((text, [from, to]) => text.replaceAll(from, to), value)
          .replaceAll(/\n\s+at .*/g, "")
          // The position in this package changes with it.
          .replace(/node_modules\/pulumi-vcc\/.*/, "node_modules/pulumi-vcc/dist/index.js#1,1")
          .replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1:1")
          .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (time) => {
            const hours = Math.round((Date.parse(time) - startedMs) / hourMs);
            return new Date(nowMs + hours * hourMs).toISOString();
          })
      );
    });
  }
});

/** The variables that the CLI documents. */
async function documentedVariables(): Promise<string[]> {
  const pulumi = createPulumi();
  const { stdout } = await pulumi(["about", "env"], situations.project.directory);
  return [...new Set(stdout.match(/^PULUMI_\w+/gm))];
}

it("drift knows the variables of today's CLI", async () => {
  const documented = await documentedVariables();
  expect(documented.length).toBeGreaterThan(100);
  const isKept = (name: string) => Object.hasOwn(kept, name);
  expect(documented.filter((name) => !isIgnored(name) && !isKept(name))).toEqual([]);
  expect(Object.keys(kept).filter((name) => isIgnored(name))).toEqual([]);
});

describe("the packed command", () => {
  beforeEach(() => situations.project.write(situations.program));

  /** Runs a program as a scheduled job does, without VCC credentials. */
  function start(command: string, args: string[], environment: NodeJS.ProcessEnv = {}) {
    const child = spawn(command, args, {
      cwd: situations.project.directory,
      env: { ...situations.environment, ...environment },
    });
    const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]).then(
      ([stdout, stderr, [code]]) => ({ code, stdout, stderr }),
    );
    return { child, ended };
  }

  function pulumiVcc(args: string[], environment?: NodeJS.ProcessEnv) {
    const { directory } = situations.project;
    const program = join(directory, "node_modules/pulumi-vcc/dist/cli/main.js");
    return start(process.execPath, [program, ...args], environment);
  }

  it("takes the inventory of the same state", async () => {
    const { code, stdout, stderr } = await pulumiVcc(["inventory", "--format", "json"]).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const { registrations } = JSON.parse(stdout) as Inventory;
    const uncertain = registrations.filter((one) => one.uncertain);
    expect(uncertain.map(({ provider }) => provider)).toEqual([
      "Crm creating",
      "Crm updating",
      "Crm vanished",
      "Former",
    ]);
    expect(registrations).toHaveLength(21);
  });

  /** A program that writes its process ID to a file, and runs until the file is gone. */
  function block(): string {
    const { directory, write } = situations.project;
    const file = join(directory, "blocked");
    write(`import { existsSync, writeFileSync } from "node:fs";
const file = ${JSON.stringify(file)};
writeFileSync(file, String(process.pid));
setInterval(() => {
  if (!existsSync(file)) process.exit(1);
}, 50);
`);
    return file;
  }

  const isWritten = (file: string) => existsSync(file) && readFileSync(file, "utf8") !== "";

  it("fails on a stack that an update has locked", async () => {
    const file = block();
    const update = start("pulumi", ["up", "--yes", "--skip-preview", "--stack", "dev"]);
    try {
      await until(() => isWritten(file) || update.child.exitCode !== null);
      expect(await pulumiVcc(["drift"]).ended).toEqual({
        code: 1,
        stdout: "",
        stderr: expect.stringMatching(
          /^error: the stack is locked by \S+@\S+ \(pid \d+\) since .*; retry/,
        ),
      });
    } finally {
      rmSync(file, { force: true });
      await update.ended;
    }
  });

  it("ends what it started on SIGTERM, and still writes its report", async () => {
    const file = block();
    const report = join(situations.project.directory, "drift.md");
    const { child, ended } = pulumiVcc(["drift", "-f", "markdown", "-o", report]);
    await until(() => isWritten(file) || child.exitCode !== null);
    const program = Number(readFileSync(file, "utf8"));
    child.kill("SIGTERM");
    expect((await ended).code).toBe(1);
    expect(readFileSync(report, "utf8")).toContain("check failed: stopped by SIGTERM");
    // It stays a zombie until the system has reaped it.
    await until(() => readProcess(program, "cmdline") === "");
  });
});

const trimmers: Record<string, (stdout: unknown) => unknown> = {
  about: trimAbout,
  "stack export": trim,
  preview: trim,
};

function trimAbout(stdout: unknown): unknown {
  const { cliAbout, runtime, backend, currentStack } = stdout as {
    [name: string]: Record<string, string> | undefined;
  };
  return {
    cliAbout: cliAbout?.version && { version: "3.255.0" },
    runtime: runtime && { language: runtime.language },
    backend: backend && { url: backend.url },
    currentStack: currentStack && { fullyQualifiedName: currentStack.fullyQualifiedName },
  };
}

/** The fields of a preview and of a state. */
const fields = [
  ...["deployment", "resources", "pending_operations", "resource", "delete"],
  ...["steps", "op", "urn", "type", "oldState", "newState", "detailedDiff", "diffReasons"],
  ...["inputs", "outputs", "provider", "region", "account", "witness", "reassertWindow"],
  ...["registeredAt", "drift", "evidence", "verifiedAt"],
  ...["ignoreChanges", "sourcePosition", "stackTrace"],
  ...["diagnostics", "severity", "message"],
];

function trim(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter(isRead).map(trim).sort(byUrn);
  if (typeof value !== "object" || value === null) return value;
  const { urn, type, custom } = value as { urn?: string; type?: string; custom?: boolean };
  if (custom !== undefined && type !== resourceType) return { urn, type };
  const kept = Object.entries(value).filter(
    // Of a resource, it is the URN and the random ID of the provider.
    ([key]) => fields.includes(key) && !(key === "provider" && (urn ?? custom) !== undefined),
  );
  return Object.fromEntries(kept.map(([key, item]) => [key, trimField(key, item)]));
}

/** Programs print warnings, which depend on the version of Node.js. */
function isRead({ severity = "error" }: { severity?: string }): boolean {
  return severity === "error";
}

function trimField(key: string, value: unknown): unknown {
  if (key === "stackTrace") {
    // The frames around the program are those of the SDK and of Node.js.
    const frames = value as Array<{ sourcePosition?: string }>;
    const end = frames.findIndex(({ sourcePosition: position = "" }) =>
      /^(?!.*node_modules).*\/index\.ts#/.test(position),
    );
    return trim(frames.slice(0, end + 1));
  }
  if (key !== "detailedDiff" || value === null) return trim(value);
  return Object.fromEntries(Object.keys(value as object).map((name) => [name, {}]));
}

/** The engine's order is arbitrary. */
function byUrn(a: unknown, b: unknown): number {
  const urnOf = (value: unknown) => /"urn":"[^"]*"/.exec(JSON.stringify(value))?.[0] ?? "";
  return urnOf(a).localeCompare(urnOf(b));
}
