/**
 * `npm run compatibility -- [NAME]...`: runs the packed tarball with package managers against the emulator, and
 * prints the table of `docs/compatibility.md`. It installs from the registry of this machine.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator } from "pulumi-vcc/emulator";
import { packTarball } from "../installation.mts";
import { ensurePulumiCli, environmentWith } from "../pulumi-cli.mts";
import { attempt, type Outcome } from "./attempt.mts";
import { installationEnvironment, type ManagerName, packageManagers } from "./package-managers.mts";
import { type Layout, layouts } from "./project.mts";

const all = Object.keys(packageManagers) as ManagerName[];
const names = process.argv.length > 2 ? process.argv.slice(2) : all;
const unknown = names.find((name) => !all.includes(name as ManagerName));
if (unknown !== undefined) throw new Error(`"${unknown}" is not one of ${all.join(", ")}`);

const cli = await ensurePulumiCli();
Object.assign(process.env, environmentWith(cli));
const directory = mkdtempSync(join(tmpdir(), "package-managers-"));
process.on("exit", () => rmSync(directory, { recursive: true, force: true }));
const environment = installationEnvironment(directory);
const tarball = packTarball(directory);

const notes: string[] = [];
console.log(`| package manager | command | ${Object.values(layouts).join(" | ")} |`);
console.log(`| --- | --- |${" --- |".repeat(Object.keys(layouts).length)}`);
for (const name of names as ManagerName[]) {
  const { title, pulumi } = packageManagers[name];
  const cells: string[] = [];
  for (const layout of Object.keys(layouts) as Layout[]) {
    const emulator = await startEmulator({ clientId: "id", clientSecret: "secret" });
    cells.push(cellOf(await attempt(name, layout, { tarball, emulator, directory, environment })));
    await emulator.close();
  }
  console.log(`| ${title} | \`${pulumi} up\` | ${cells.join(" | ")} |`);
}
for (const [index, note] of notes.entries()) console.log(`\n(${index + 1}) ${note}`);

function cellOf({ result, command, reason }: Outcome): string {
  if (command === undefined) return result;
  const note = `\`${command}\`: \`${reason}\``;
  if (!notes.includes(note)) notes.push(note);
  return `${result} (${notes.indexOf(note) + 1})`;
}
