import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type PackageManager, packageManagers, yarnPnp } from "../package-managers.mts";
import type { PulumiCli } from "../pulumi-cli.mts";
import { type ModuleKind, moduleKinds } from "./programs.mts";
import { type Layout, layouts } from "./project.mts";

const { engines, peerDependencies } = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../package.json"), "utf8"),
);

/** What a user chooses before the first `pulumi up`. */
export interface Combination {
  manager: Candidate;
  layout: Layout;
  kind: ModuleKind;
  /** Exact versions. */
  node: string;
  sdk: string;
  cli: PulumiCli;
}

export interface Candidate extends PackageManager {
  /** Another version than that of this clone. */
  version?: string;
}

/** The oldest that `engines` admits, and the newest of later major versions. */
export const nodeVersions: readonly string[] = [
  engines.node.replace(">=", ""),
  "24.21.0",
  "26.10.0",
];
/** Too old: the last of the previous major version, and one between it and the oldest. */
export const oldNodeVersions: readonly string[] = ["20.20.2", "22.12.0"];

/** The oldest that `peerDependencies` admits, and the one of this clone. */
const sdkVersions: readonly string[] = [
  peerDependencies["@pulumi/pulumi"].replace("^", ""),
  createRequire(import.meta.url)("@pulumi/pulumi/package.json").version,
];
/** Too old. */
export const oldSdkVersion = "3.200.0";

/** Beside the package managers: what a user of Plug'n'Play must know. */
const variants: readonly Candidate[] = [
  // Older ones fail: "require() of ES Module … not supported".
  { ...yarnPnp, version: "4.6.0" },
  { ...yarnPnp, title: `${yarnPnp.title}, without \`yarn exec\``, pulumi: "pulumi" },
];

const kinds = Object.keys(moduleKinds) as ModuleKind[];
const workspaces = (Object.keys(layouts) as Layout[]).filter((layout) => layout !== "project");

/**
 * npm runs with every combination of the versions. The others run everything with the newest versions, and
 * TypeScript with the oldest.
 *
 * @param names of the package managers
 * @param clis ascending, at least one
 */
export function combinations(
  names: readonly string[],
  clis: readonly [PulumiCli, ...PulumiCli[]],
): Combination[] {
  const oldest = { node: first(nodeVersions), sdk: first(sdkVersions), cli: first(clis) };
  const newest = { node: last(nodeVersions), sdk: last(sdkVersions), cli: last(clis) };
  const basic = { layout: "project", kind: "typescript", ...newest } as const;
  const all = [
    ...everyVersion(clis).flatMap((versions) =>
      kinds.map((kind) => ({ ...basic, manager: first(packageManagers), kind, ...versions })),
    ),
    ...packageManagers
      .slice(1)
      .flatMap((manager) => [
        ...kinds.map((kind) => ({ ...basic, manager, kind })),
        { ...basic, manager, ...oldest },
      ]),
    ...packageManagers.flatMap((manager) => [
      ...workspaces.map((layout) => ({ ...basic, manager, layout })),
      { ...basic, manager, sdk: oldSdkVersion },
    ]),
    ...variants.map((manager) => ({ ...basic, manager })),
  ];
  return all.filter(({ manager }) => names.includes(manager.name));
}

function everyVersion(clis: readonly PulumiCli[]) {
  return [
    ...oldNodeVersions.map((node) => ({ node, sdk: last(sdkVersions), cli: last(clis) })),
    ...nodeVersions.flatMap((node) =>
      sdkVersions.flatMap((sdk) => clis.map((cli) => ({ node, sdk, cli }))),
    ),
  ];
}

function first<Item>(items: readonly Item[]): Item {
  return items[0] as Item;
}

function last<Item>(items: readonly Item[]): Item {
  return items.at(-1) as Item;
}
