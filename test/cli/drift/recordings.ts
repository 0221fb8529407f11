import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { createPulumi } from "../../../cli/pulumi/pulumi";

/** What the CLI answered to an inspection: "about", "stack export", "preview" … → answer. */
export type Recording = Record<string, Answer>;

interface Answer {
  failed: boolean;
  /** JSON as a value, anything else as text. */
  stdout: unknown;
  stderr: string;
}

/** The situations of `test/end-to-end/drift-situations.test.ts`, which records them. */
export const recordingNames = [
  "plain",
  "refreshed",
  "broken-program",
  "no-region",
  "wrong-passphrase",
  "unknown-stack",
] as const;
export type RecordingName = (typeof recordingNames)[number];

/** What recordings contain instead of the directory of the project, and of secrets. */
export const recordedDirectory = "/recorded/project";
export const recordedSecrets = {
  // Words are hidden only if they are known.
  token: "nightingale",
  password: "swordfish",
  clientSecret: "kingfisher",
};

const fileOf = (name: RecordingName) => join(__dirname, "recordings", `${name}.json`);

export function loadRecording(name: RecordingName): Recording {
  return JSON.parse(readFileSync(fileOf(name), "utf8"));
}

export function saveRecording(name: RecordingName, recording: Recording): void {
  writeFileSync(fileOf(name), `${format(recording, 5)}\n`);
}

/** JSON whose innermost values are one line each. */
function format(value: unknown, depth: number, indent = ""): string {
  const isList = Array.isArray(value);
  const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
  if (depth === 0 || entries.length === 0) return JSON.stringify(value);
  const items = entries.map(
    ([key, item]) =>
      `${indent} ${isList ? "" : `${JSON.stringify(key)}: `}${format(item, depth - 1, `${indent} `)}`,
  );
  const [open, close] = isList ? "[]" : "{}";
  return `${open}\n${items.join(",\n")}\n${indent}${close}`;
}

/** A recording of a stack that declares and holds only these registrations. */
export function only(recording: Recording, ...resources: string[]): Recording {
  return JSON.parse(JSON.stringify(recording), (_key, value) =>
    Array.isArray(value) ? value.filter((one) => isKept(one, resources)) : value,
  );
}

/** The elements of lists of steps, resources and pending operations. */
function isKept(one: { urn?: string; resource?: { urn: string } }, resources: string[]): boolean {
  const urn = one.urn ?? one.resource?.urn;
  return (
    urn === undefined ||
    !urn.includes(":VccProvider::") ||
    resources.some((name) => urn.endsWith(`::${name}`))
  );
}

/** The same recording, of another stack. */
export function inStack(recording: Recording, stack: string): Recording {
  return JSON.parse(
    JSON.stringify(recording)
      .replaceAll("urn:pulumi:dev::", `urn:pulumi:${stack}::`)
      .replaceAll('"organization/project/dev"', `"organization/project/${stack}"`),
  );
}

/**
 * What connects the command to these recordings of a project in the working directory, one for each stack.
 * The first one answers for the selected stack.
 */
export function replay(...recordings: Recording[]): typeof createPulumi {
  return () => async (args) => {
    const command = commandOf(args);
    const stacks = recordings.map((recording) => ({ name: stackOf(recording), recording }));
    if (command === "stack ls") {
      return { failed: false, stdout: JSON.stringify(stacks), stderr: "" };
    }
    const option = args[args.indexOf("--stack") + 1]?.split("/").at(-1);
    const isSelected = !args.includes("--stack") || recordings.length === 1;
    const found = isSelected ? stacks[0] : stacks.find(({ name }) => name === option);
    const answer = found?.recording[command];
    if (answer === undefined) throw new Error(`no recording of pulumi ${args.join(" ")}`);
    const { failed, stdout, stderr } = JSON.parse(
      JSON.stringify(answer).replaceAll(recordedDirectory, process.cwd()),
    ) as Answer;
    return { failed, stdout: typeof stdout === "string" ? stdout : JSON.stringify(stdout), stderr };
  };
}

/** The words before the first option. */
export function commandOf(args: string[]): string {
  const end = args.findIndex((arg) => arg.startsWith("-"));
  return args.slice(0, end === -1 ? undefined : end).join(" ");
}

function stackOf({ about }: Recording): string | undefined {
  const stdout = about?.stdout as { currentStack?: { fullyQualifiedName: string } } | undefined;
  return stdout?.currentStack?.fullyQualifiedName.split("/").at(-1);
}
