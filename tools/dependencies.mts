/**
 * Checks what a user installs with the package: the licenses of the run-time dependencies in the lock
 * file, and known vulnerabilities of level high or above. Without a registry that answers audits, the
 * second check is skipped, loudly.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

interface Package {
  license?: string;
  dependencies?: Record<string, string>;
}

/** Permissive, and compatible with the MIT license. */
const allowedLicenses = [
  "MIT",
  "ISC",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "Apache-2.0",
];

const root = dirname(import.meta.dirname);
const { packages }: { packages: Record<string, Package> } = JSON.parse(
  readFileSync(join(root, "package-lock.json"), "utf8"),
);

const paths = new Set<string>();
addDependencies("");
const refused = [...paths].filter(
  (path) => !allowedLicenses.includes(packages[path]?.license ?? ""),
);
for (const path of refused) {
  console.error(
    `${path}: the license ${packages[path]?.license} is not one of ${allowedLicenses.join(", ")}`,
  );
}
if (refused.length > 0) process.exit(1);
console.log(`Licenses: ${paths.size} run-time dependencies, all permissive.`);

const { status, stdout } = spawnSync(
  "npm",
  [
    "audit",
    "--omit=dev",
    "--audit-level=high",
    "--json",
    "--fetch-retries=0",
    "--fetch-timeout=10000",
  ],
  // On Windows, npm is a script of the shell.
  { cwd: root, encoding: "utf8", shell: process.platform === "win32" },
);
const audit = parse(stdout);
if (audit?.metadata === undefined) {
  console.error(
    `\n*** SKIPPED: npm audit. ${audit?.message ?? "The registry does not answer"}. ***\n`,
  );
} else if (status !== 0) {
  console.error("npm audit found vulnerabilities of level high or above: run npm audit --omit=dev");
  process.exit(1);
} else {
  console.log("npm audit: no vulnerability of level high or above.");
}

/** Adds what Node.js finds for each dependency: the nearest `node_modules` that has it. */
function addDependencies(path: string) {
  for (const name of Object.keys(packages[path]?.dependencies ?? {})) {
    let folder = path;
    while (folder !== "" && packages[`${folder}/node_modules/${name}`] === undefined) {
      folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/node_modules/")));
    }
    const found = folder === "" ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (paths.has(found)) continue;
    paths.add(found);
    addDependencies(found);
  }
}

function parse(text: string): { metadata?: unknown; message?: string } | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
