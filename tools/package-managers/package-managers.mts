import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A package manager with its settings, as `docs/compatibility.md` lists it. */
export interface PackageManager {
  title: string;
  /** The npm package that contains it. @default npm, from the `PATH` */
  package?: string;
  install: string;
  /** What the user enters before the arguments of `pulumi`. */
  pulumi: string;
  /** What the user enters before the arguments of `pulumi-vcc`. */
  pulumiVcc: string;
  /** How a package of a workspace depends on another one. */
  workspaceRange: string;
  /** Name → content of the files that configure it. */
  files: Record<string, string>;
}

const npm: PackageManager = {
  title: "npm 11",
  install: "npm install",
  pulumi: "pulumi",
  pulumiVcc: "npx pulumi-vcc",
  workspaceRange: "*",
  files: {},
};
const pnpm: PackageManager = {
  ...npm,
  title: "pnpm 10.34.9",
  package: "pnpm@10.34.9",
  install: "pnpm install",
  pulumiVcc: "pnpm exec pulumi-vcc",
  workspaceRange: "workspace:*",
  files: { "pnpm-workspace.yaml": "packages: [components, infra]\n" },
};
const yarn = { ...npm, install: "yarn install", pulumiVcc: "yarn run pulumi-vcc" };
const yarnBerry = { ...yarn, package: "@yarnpkg/cli-dist@4.18.1" };
const bun: PackageManager = {
  ...npm,
  title: "Bun 1.4.5",
  package: "bun@1.4.5",
  install: "bun install",
  pulumiVcc: "bun run pulumi-vcc",
  workspaceRange: "workspace:*",
};

export const packageManagers = {
  npm,
  pnpm,
  "pnpm-hoisted": {
    ...pnpm,
    title: `${pnpm.title}, \`nodeLinker: hoisted\``,
    files: { "pnpm-workspace.yaml": `${pnpm.files["pnpm-workspace.yaml"]}nodeLinker: hoisted\n` },
  },
  "yarn-classic": { ...yarn, title: "Yarn classic 1.22.22", package: "yarn@1.22.22" },
  "yarn-node-modules": {
    ...yarnBerry,
    title: "Yarn 4.18.1, `nodeLinker: node-modules`",
    files: yarnFiles("node-modules"),
  },
  "yarn-pnp": {
    ...yarnBerry,
    title: "Yarn 4.18.1, Plug'n'Play",
    pulumi: "yarn exec pulumi",
    files: yarnFiles("pnp"),
  },
  bun,
  "bun-hoisted": {
    ...bun,
    title: `${bun.title}, \`linker = "hoisted"\``,
    files: { "bunfig.toml": '[install]\nlinker = "hoisted"\n' },
  },
} satisfies Record<string, PackageManager>;
export type ManagerName = keyof typeof packageManagers;

function yarnFiles(nodeLinker: string): Record<string, string> {
  // Without a lock file, Yarn looks for a project in the parent directories.
  return { ".yarnrc.yml": `nodeLinker: ${nodeLinker}\n`, "yarn.lock": "" };
}

/** @returns directories for the `PATH`, with the package manager that npx keeps in npm's cache */
export function programsOf({ package: name, install }: PackageManager): string[] {
  const [program = ""] = install.split(" ");
  return name === undefined
    ? []
    : [dirname(npmOutput("exec", "--yes", `--package=${name}`, "-c", `command -v ${program}`))];
}

/** Makes every package manager use the registry of this machine, and npm its cache. */
export function installationEnvironment(directory: string): Record<string, string> {
  const registry = npmOutput("config", "get", "registry");
  const caches = join(directory, "caches");
  mkdirSync(caches, { recursive: true });
  return {
    npm_config_registry: registry,
    npm_config_cache: npmOutput("config", "get", "cache"),
    npm_config_prefer_offline: "true",
    npm_config_audit: "false",
    npm_config_update_notifier: "false",
    pnpm_config_store_dir: join(caches, "pnpm"),
    YARN_NPM_REGISTRY_SERVER: registry,
    YARN_GLOBAL_FOLDER: join(caches, "yarn"),
    YARN_CACHE_FOLDER: join(caches, "yarn"),
    YARN_ENABLE_TELEMETRY: "0",
    // If `CI` is set, Yarn would reject a project without a lock file.
    YARN_ENABLE_IMMUTABLE_INSTALLS: "0",
    BUN_CONFIG_REGISTRY: registry,
    BUN_INSTALL_CACHE_DIR: join(caches, "bun"),
    XDG_CACHE_HOME: caches,
  };
}

function npmOutput(...args: string[]): string {
  // Outside of this clone, whose packages npx would use. On Windows, npm is a script of the shell.
  const options = { cwd: tmpdir(), shell: process.platform === "win32" };
  return execFileSync("npm", args, { encoding: "utf8", ...options }).trim();
}
