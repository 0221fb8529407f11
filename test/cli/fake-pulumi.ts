import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export const urn = "urn:pulumi:dev::project::pulumi-nodejs:dynamic/vcc:VccProvider::crm";
export const state = {
  urn,
  type: "pulumi-nodejs:dynamic/vcc:VccProvider",
  inputs: { provider: "Crm" },
};
/** Of a program that declares what is registered. */
export const preview = { steps: [{ op: "same", urn, oldState: state, newState: state }] };

export interface FakeOutput {
  /** @default "3.255.0" */
  version?: string;
  /** @default `preview` */
  preview?: string;
  /** @default a state without resources */
  export?: string;
  /** Runs first. Its `command` is the first argument. */
  code?: string;
}

/** Installs a `pulumi` in a directory, which records its calls in the file `calls` there. */
export function installFakePulumi(directory: string, output: FakeOutput = {}): void {
  const texts = {
    about: JSON.stringify({
      cliAbout: { version: output.version ?? "3.255.0" },
      backend: { url: "https://app.pulumi.com/me" },
      currentStack: { fullyQualifiedName: "acme/project/dev" },
    }),
    config: "{}",
    preview: output.preview ?? JSON.stringify(preview),
    stack: output.export ?? JSON.stringify({ deployment: {} }),
  };
  writeFileSync(
    join(directory, "pulumi"),
    `#!${process.execPath}
const fs = require("node:fs");
const call = { args: process.argv.slice(2), streaming: process.env.PULUMI_ENABLE_STREAMING_JSON_PREVIEW };
fs.appendFileSync(${JSON.stringify(join(directory, "calls"))}, JSON.stringify(call) + "\\n");
const command = process.argv[2];
${output.code ?? ""}
console.log(${JSON.stringify(texts)}[command]);`,
  );
  chmodSync(join(directory, "pulumi"), 0o755);
}
