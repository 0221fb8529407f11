import { shellWord } from "../shell";
import type { Secret } from "./declarations";
import type { NewFile } from "./new-file";

/** The folder of the script that stores secrets. */
export const secretsFolder = "vcc-secrets";

/** A script that stores secrets, in a folder that Git ignores. No files without secrets. */
export function secretFiles(secrets: readonly Secret[]): NewFile[] {
  if (secrets.length === 0) return [];
  return [
    { path: `${secretsFolder}/.gitignore`, content: "*\n" },
    { path: `${secretsFolder}/set.sh`, content: script(secrets), mode: 0o600 },
  ];
}

/** `printf` is part of the shell: no value is in the list of processes or in the shell's history. */
function script(secrets: readonly Secret[]): string {
  return `#!/bin/sh
# Stores header values as secrets of the selected stack, and then deletes this folder.
set -eu
cd "$(dirname "$0")/.."
${secrets.map(({ key, value }) => `printf %s ${shellWord(value)} | pulumi config set --secret ${key}`).join("\n")}
rm -r ${secretsFolder}
echo "Stored ${secrets.length} secret${secrets.length === 1 ? "" : "s"}, and deleted ${secretsFolder}."
`;
}
