import { partsOf } from "../bodies/variables";
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

/**
 * `printf` is part of the shell: no value is in the list of processes or in the shell's history. Pulumi
 * cannot ask for a passphrase, because it reads the value from standard input.
 */
function script(secrets: readonly Secret[]): string {
  return `#!/bin/sh
# Stores header values as secrets of the selected stack, and then deletes this folder.
# With --keep, the folder remains, to run this for another stack.
set -eu
cd "$(dirname "$0")/.."
stack=$(pulumi stack --show-name)
if grep -qs ^encryptionsalt: "Pulumi.$stack.yaml" &&
  [ -z "\${PULUMI_CONFIG_PASSPHRASE+set}\${PULUMI_CONFIG_PASSPHRASE_FILE+set}" ]; then
  echo "The stack $stack has a passphrase: run export PULUMI_CONFIG_PASSPHRASE=…, and then this again." >&2
  exit 1
fi
${variablesOf(secrets)
  .map((name) => `: "\${${name}:?export it with the value that the requests have}"\n`)
  .join(
    "",
  )}${secrets.map(({ key, value }) => `printf %s ${wordOf(value)} | pulumi config set --secret ${key}`).join("\n")}
echo "Stored ${secrets.length} secret${secrets.length === 1 ? "" : "s"} in the stack $stack."
if [ "\${1:-}" = --keep ]; then exit; fi
rm -r ${secretsFolder}
echo "Deleted ${secretsFolder}."
`;
}

/** The variables that the script needs in its environment, each once. */
export function variablesOf(secrets: readonly Secret[]): string[] {
  const parts = secrets.flatMap(({ value }) => partsOf(value));
  return [...new Set(parts.flatMap((part) => (typeof part === "string" ? [] : part.variable)))];
}

/** `Basic \0TOKEN\0` → `'Basic '"$TOKEN"` */
function wordOf(value: string): string {
  return partsOf(value)
    .map((part) => (typeof part === "string" ? shellWord(part) : `"$${part.variable}"`))
    .join("");
}
