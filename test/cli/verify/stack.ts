import { writeFile } from "node:fs/promises";
import type { createPulumi } from "../../../cli/pulumi/pulumi";

export const type = "pulumi-nodejs:dynamic/vcc:VccProvider";
export const urnOf = (resource: string, stack = "dev") =>
  `urn:pulumi:${stack}::project::${type}::${resource}`;

/** As `--show-secrets` shows a secret. */
export const secret = (value: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  plaintext: JSON.stringify(value),
});

/** The properties of a registration, by the name of its resource. */
type Registrations = Record<string, Record<string, unknown>>;

export interface FakeStack {
  /** What the state has, as outputs. @default nothing */
  registered?: Registrations;
  /** What the program declares. @default nothing */
  declared?: Registrations;
  /** Key → value. @default none */
  configuration?: Record<string, string>;
  /** @default "3.255.0" */
  version?: string;
  /** @default none */
  error?: string;
}

/** Answers as the CLI does for a stack, and records its calls. */
export function fakeStack({
  registered = {},
  declared = {},
  configuration = {},
  version = "3.255.0",
  error,
}: FakeStack): { connect: typeof createPulumi; calls: string[][] } {
  const calls: string[][] = [];
  const resources = Object.entries(registered).map(([resource, properties]) => {
    const { headers, ...others } = properties;
    const outputs = { ...others, ...(headers !== undefined && { headers: secret(headers) }) };
    return { urn: urnOf(resource), type, inputs: {}, outputs };
  });
  const plan = {
    resourcePlans: Object.fromEntries(
      Object.entries(declared).map(([resource, { headers, ...others }]) => {
        const adds = { ...others, ...(headers !== undefined && { headers: secret(headers) }) };
        const goal = { type, name: resource, custom: true, inputDiff: { adds } };
        return [urnOf(resource), { goal, steps: ["create"] }];
      }),
    ),
  };
  const texts: Record<string, unknown> = {
    about: {
      cliAbout: { version },
      backend: { url: "https://app.pulumi.com/me" },
      currentStack: { fullyQualifiedName: "acme/project/dev" },
    },
    stack: { deployment: { resources: [{ urn: "u", type: "aws:s3:Bucket" }, ...resources] } },
    config: Object.fromEntries(
      Object.entries(configuration).map(([key, value]) => [key, { value, secret: true }]),
    ),
    preview: { steps: [] },
  };
  const connect: typeof createPulumi = () => async (args) => {
    calls.push(args);
    const [command = ""] = args;
    if (error !== undefined && command === "stack") {
      return { failed: true, stdout: "", stderr: `error: ${error}` };
    }
    const planFile = args[args.indexOf("--save-plan") + 1] ?? "";
    if (command === "preview") await writeFile(planFile, JSON.stringify(plan));
    return { failed: false, stdout: JSON.stringify(texts[command]), stderr: "" };
  };
  return { connect, calls };
}
