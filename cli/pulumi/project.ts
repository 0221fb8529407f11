import { accessSync, constants, existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { findUpwards, projectFiles } from "../../provider/accounts/project-directory";
import { InspectionError } from "../errors";
import { textOf } from "./state";

export interface Project {
  /** The directory of the project file, absolute. */
  directory: string;
  /** Missing if the project file is invalid. Every command of the CLI then says why. */
  name?: string | undefined;
  /** The language, as in the project file. Missing if that is invalid. */
  runtime?: string | undefined;
  /** Where the stacks' configuration is, absolute. */
  configDirectory: string;
}

/**
 * The nearest project at or above a directory.
 *
 * @throws InspectionError
 */
export function findProject(directory: string): Project {
  const nextStep = "pass the directory of Pulumi.yaml with --cwd";
  requireDirectory(directory, nextStep);
  const found = findUpwards(directory, projectFiles);
  if (found !== undefined) return readProject(found);
  throw new InspectionError(`no Pulumi.yaml in ${directory} or above`, nextStep);
}

/**
 * The directories of all projects at or below a directory, sorted. Installed packages and hidden
 * directories are not searched.
 *
 * @throws InspectionError
 */
export function findProjectsBelow(directory: string): string[] {
  const nextStep = "pass a directory that contains Pulumi projects to --all-projects";
  requireDirectory(directory, nextStep);
  const found = projectsBelow(directory);
  if (found.length > 0) return found;
  throw new InspectionError(`no Pulumi.yaml in ${directory} or below`, nextStep);
}

function projectsBelow(directory: string): string[] {
  const entries = readdirSync(directory, { withFileTypes: true });
  const isProject = entries.some((entry) => entry.isFile() && projectFiles.includes(entry.name));
  const folders = entries
    .filter((entry) => entry.isDirectory() && !/^(\.|node_modules$)/.test(entry.name))
    .map(({ name }) => name)
    .sort();
  return [
    ...(isProject ? [directory] : []),
    ...folders.flatMap((name) => projectsBelow(join(directory, name))),
  ];
}

/** A YAML file as an object. Empty if the file is missing or invalid. */
export function readYaml(path: string): Record<string, unknown> {
  try {
    const value: unknown = parse(readFileSync(path, "utf8"));
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function readProject(directory: string): Project {
  const file = projectFiles.find((name) => existsSync(join(directory, name))) ?? "";
  const { name, runtime, stackConfigDir, config } = readYaml(join(directory, file));
  // `config` had this meaning before `stackConfigDir`.
  const configDirectory = textOf(stackConfigDir) ?? textOf(config) ?? "";
  return {
    directory,
    name: textOf(name),
    runtime: textOf(runtime) ?? textOf((runtime as { name?: unknown } | undefined)?.name),
    configDirectory: resolve(directory, configDirectory),
  };
}

function requireDirectory(directory: string, nextStep: string) {
  try {
    accessSync(`${directory}/.`, constants.R_OK | constants.X_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new InspectionError(`${directory} is not a readable directory (${code})`, nextStep);
  }
}
