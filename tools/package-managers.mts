/** The package managers that install pulumi-vcc in the tests, and for the table in `docs/compatibility.md`. */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { stringify } from "yaml";

export interface PackageManager {
  /** For `--only`. */
  name: string;
  /** As `docs/compatibility.md` names it. */
  title: string;
  /** The package of this clone's `node_modules` that contains it. Without it, it comes from the `PATH`. */
  package?: string;
  /** What the user enters to install. */
  install: string;
  /** What the user enters before the arguments of `pulumi`. */
  pulumi: string;
  /** What the user enters before the arguments of `pulumi-vcc`. */
  pulumiVcc: string;
  /** How a package of a workspace depends on another one. */
  workspaceRange: string;
  /**
   * The files that configure it.
   *
   * @param folders the packages of a workspace; none in a single project
   */
  files(folders: readonly string[]): Record<string, string>;
}

const npm = {
  name: "npm",
  title: "npm",
  install: "npm install",
  pulumi: "pulumi",
  pulumiVcc: "npx pulumi-vcc",
  workspaceRange: "*",
  files: () => ({}),
} satisfies PackageManager;

const pnpm = {
  name: "pnpm",
  title: "pnpm",
  package: "pnpm",
  install: "pnpm install",
  pulumi: "pulumi",
  pulumiVcc: "pnpm exec pulumi-vcc",
  workspaceRange: "workspace:*",
  files: (folders) => pnpmSettings(folders, {}),
} satisfies PackageManager;

const yarn = {
  install: "yarn install",
  pulumi: "pulumi",
  pulumiVcc: "yarn run pulumi-vcc",
  workspaceRange: "*",
};

export const yarnPnp = {
  ...yarn,
  name: "yarn-pnp",
  title: "Yarn, Plug'n'Play",
  package: "@yarnpkg/cli-dist",
  pulumi: "yarn exec pulumi",
  files: () => yarnSettings("pnp"),
} satisfies PackageManager;

const bun = {
  name: "bun",
  title: "Bun",
  package: "bun",
  install: "bun install",
  pulumi: "pulumi",
  pulumiVcc: "bun run pulumi-vcc",
  workspaceRange: "workspace:*",
  files: () => ({}),
} satisfies PackageManager;

export const packageManagers: readonly PackageManager[] = [
  npm,
  pnpm,
  {
    ...pnpm,
    name: "pnpm-hoisted",
    title: "pnpm, `nodeLinker: hoisted`",
    files: (folders) => pnpmSettings(folders, { nodeLinker: "hoisted" }),
  },
  {
    ...yarn,
    name: "yarn-classic",
    title: "Yarn classic",
    package: "yarn-classic",
    files: () => ({}),
  },
  {
    ...yarn,
    name: "yarn-node-modules",
    title: "Yarn, `nodeLinker: node-modules`",
    package: "@yarnpkg/cli-dist",
    files: () => yarnSettings("node-modules"),
  },
  yarnPnp,
  bun,
  {
    ...bun,
    name: "bun-hoisted",
    title: 'Bun, `linker = "hoisted"`',
    files: () => ({ "bunfig.toml": '[install]\nlinker = "hoisted"\n' }),
  },
];

function pnpmSettings(folders: readonly string[], settings: object): Record<string, string> {
  const content = { ...settings, ...(folders.length > 0 && { packages: folders }) };
  return Object.keys(content).length > 0 ? { "pnpm-workspace.yaml": stringify(content) } : {};
}

/** The empty lock file keeps Yarn from looking for a project in the parent directories. */
function yarnSettings(nodeLinker: string): Record<string, string> {
  return { ".yarnrc.yml": stringify({ nodeLinker }), "yarn.lock": "" };
}

/**
 * Writes programs like `yarn` for the `PATH`, which start the package manager of a `node_modules`. Two of them
 * have the same name, so each needs a directory of its own.
 *
 * @param nodeModules contains the package. @default that of this clone
 */
export function writePrograms(
  directory: string,
  { package: name }: Pick<PackageManager, "package">,
  nodeModules = join(dirname(import.meta.dirname), "node_modules"),
): void {
  mkdirSync(directory, { recursive: true });
  if (name === undefined) return;
  const folder = join(nodeModules, name);
  const { bin }: { bin: Record<string, string> } = JSON.parse(
    readFileSync(join(folder, "package.json"), "utf8"),
  );
  for (const [program, path] of Object.entries(bin)) {
    const command = name === "bun" ? bunBinary(folder) : `node" "${join(folder, path)}`;
    const file = join(directory, program);
    writeFileSync(file, `#!/bin/sh\nexec "${command}" "$@"\n`);
    chmodSync(file, 0o755);
  }
}

/** Without its install script, the package `bun` has none, but it depends on those of all platforms. */
function bunBinary(folder: string): string {
  const require = createRequire(join(folder, "package.json"));
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const architecture = process.arch === "arm64" ? "aarch64" : process.arch;
  const manifest = require.resolve(`@oven/bun-${platform}-${architecture}/package.json`);
  const binary = join(dirname(manifest), "bin", platform === "windows" ? "bun.exe" : "bun");
  if (!existsSync(binary)) throw new Error(`${binary} is missing; run npm ci`);
  return binary;
}
