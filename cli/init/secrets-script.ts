import { shellWord } from "../shell";
import type { Secret } from "./declarations";

/** The folder of the script. Its own .gitignore keeps it out of the repository. */
export const secretsFolder = "vcc-secrets";

/**
 * A shell script that stores the secrets in the configuration of the selected stack, and then removes
 * itself. `printf` is part of the shell, so no value is in the list of processes, and none in the
 * shell's history.
 */
export function secretsScript(secrets: readonly Secret[]): string {
  return `#!/bin/sh
# Stores header values as secrets of the selected stack, and then deletes this folder.
set -eu
cd "$(dirname "$0")/.."
${secrets.map(({ key, value }) => `printf %s ${shellWord(value)} | pulumi config set --secret ${key}`).join("\n")}
rm -r ${secretsFolder}
echo "Stored ${secrets.length} secret${secrets.length === 1 ? "" : "s"}, and deleted ${secretsFolder}."
`;
}
