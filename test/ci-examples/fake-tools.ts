import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface Call {
  /** Like `npm ci`. */
  command: string;
  environment: Record<string, string>;
}

export interface FakeTools {
  /** For the `PATH`, with the tools of the system. */
  path: string;
  /** What has been called so far, in this order. */
  calls(): Call[];
  /** Replaces a tool by a shell script. */
  respond(tool: string, script: string): void;
}

/** `npm`, `npx` and `pulumi` that do nothing but record how they are called, and with which environment. */
export function fakeTools(directory: string): FakeTools {
  const folder = join(directory, "fake-tools");
  const log = join(folder, "calls");
  const respond = (tool: string, script: string) => {
    const file = join(folder, tool);
    writeFileSync(
      file,
      `#!/bin/sh\n{ printf '%s\\0' "${tool} $*"; env -0; printf '\\0'; } >> '${log}'\n${script}\n`,
    );
    chmodSync(file, 0o755);
  };
  mkdirSync(folder);
  writeFileSync(log, "");
  for (const tool of ["npm", "npx", "pulumi"]) respond(tool, "");
  return {
    path: `${folder}:/usr/bin:/bin`,
    respond,
    calls: () =>
      readFileSync(log, "utf8")
        .split("\0\0")
        .filter(Boolean)
        .map((call) => {
          const [command = "", ...lines] = call.split("\0");
          const variables = lines.map((line): [string, string] => {
            const at = line.indexOf("=");
            return [line.slice(0, at), line.slice(at + 1)];
          });
          return { command, environment: Object.fromEntries(variables) };
        }),
  };
}
