import { partsOf } from "../bodies/variables";
import { shellWord } from "../shell";
import type { Secret } from "./declarations";
import type { NewFile } from "./new-file";

/** The folder of the scripts with secrets. */
export const secretsFolder = "vcc-secrets";

/** Scripts that store and export secrets, in a folder that Git ignores. No files without secrets. */
export function secretFiles(secrets: readonly Secret[]): NewFile[] {
  const { configured, exported } = byPlace(secrets);
  if (secrets.length === 0) return [];
  const file = (name: string, content: string) => ({
    path: `${secretsFolder}/${name}`,
    content,
    mode: 0o600,
  });
  return [
    { path: `${secretsFolder}/.gitignore`, content: "*\n" },
    ...(configured.length > 0 ? [file("set.sh", storing(configured))] : []),
    ...(exported.length > 0 ? [file("export.sh", exporting(exported))] : []),
  ];
}

/** Those of the stack's configuration, and those of the environment. */
export function byPlace(secrets: readonly Secret[]) {
  return {
    configured: secrets.filter((secret) => "key" in secret),
    exported: secrets.filter((secret) => "variable" in secret),
  };
}

/**
 * `printf` is part of the shell: no value is in the list of processes or in the shell's history. Pulumi
 * cannot ask for a passphrase, because it reads the value from standard input.
 */
function storing(secrets: ReadonlyArray<Secret & { key: string }>): string {
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
${guards(secrets)}${secrets.map(({ key, value }) => `printf %s ${wordOf(value)} | pulumi config set --secret ${key}`).join("\n")}
echo "Stored ${secrets.length} secret${secrets.length === 1 ? "" : "s"} in the stack $stack."
if [ "\${1:-}" = --keep ]; then exit; fi
rm -r ${secretsFolder}
echo "Deleted ${secretsFolder}."
`;
}

/** The values are part of the file only, until they are in the place that the environment comes from. */
function exporting(secrets: ReadonlyArray<Secret & { variable: string }>): string {
  const lines = secrets.map(({ variable, value }) => `export ${variable}=${wordOf(value)}`);
  return `# Header values, for this shell: . ${secretsFolder}/export.sh\n${guards(secrets)}${lines.join("\n")}\n`;
}

/** Ends a script if a variable of a request is missing. */
function guards(secrets: readonly Secret[]): string {
  return variablesOf(secrets)
    .map((name) => `: "\${${name}:?export it with the value that the requests have}"\n`)
    .join("");
}

/** The variables of requests that the scripts need in their environment, each once. */
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
