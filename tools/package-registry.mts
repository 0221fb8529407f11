/**
 * An npm registry on loopback with what this clone has installed, and its packed tarball: tests install from
 * it as users do, and download nothing.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { byVersion } from "./by-version.mts";
import { packTarball } from "./installation.mts";

export interface PackageRegistry {
  url: string;
  /** What makes npm, pnpm, Yarn and Bun use it, with caches of its own. */
  environment: Record<string, string>;
  close(): Promise<void>;
}

interface Version {
  manifest: Record<string, unknown>;
  tarball: () => Promise<Buffer>;
}

const root = dirname(import.meta.dirname);

/** @param others directories with a lock file, whose installed packages it has, too */
export async function startPackageRegistry(...others: string[]): Promise<PackageRegistry> {
  const directory = mkdtempSync(join(tmpdir(), "package-registry-"));
  const packages = installedPackages([root, ...others]);
  const ownManifest = readManifest(root);
  const ownTarball = readFileSync(packTarball(directory));
  packages.set("pulumi-vcc", {
    [ownManifest.version]: { manifest: ownManifest, tarball: async () => ownTarball },
  });

  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? "", "http://registry").pathname).slice(
      1,
    );
    const [, tarballName = "", tarballVersion = ""] = /^(.+)\/-\/(.+)\.tgz$/.exec(path) ?? [];
    const tarball = packages.get(tarballName)?.[tarballVersion]?.tarball;
    const versions = packages.get(path);
    if (tarball !== undefined) response.end(await tarball());
    else if (versions !== undefined) response.end(JSON.stringify(await packument(path, versions)));
    else response.writeHead(404).end("{}");
  }).listen(0, "127.0.0.1");
  // Yarn fails if the server closes an idle connection while Yarn sends a request on it.
  server.keepAliveTimeout = 0;
  await new Promise((resolve) => server.once("listening", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function packument(name: string, versions: Record<string, Version>) {
    const numbers = Object.keys(versions).sort(byVersion);
    const entries = Object.entries(versions).map(async ([version, { manifest, tarball }]) => {
      const integrity = `sha512-${createHash("sha512")
        .update(await tarball())
        .digest("base64")}`;
      const dist = { tarball: `${url}/${name}/-/${version}.tgz`, integrity };
      return [version, { ...manifest, dist }];
    });
    return {
      name,
      "dist-tags": { latest: numbers.at(-1) },
      versions: Object.fromEntries(await Promise.all(entries)),
      // Yarn does not install packages that are younger than a day.
      time: Object.fromEntries(numbers.map((number) => [number, "2020-01-01T00:00:00.000Z"])),
    };
  }

  return {
    url,
    environment: {
      npm_config_registry: url,
      npm_config_cache: join(directory, "npm-cache"),
      npm_config_userconfig: join(directory, "npmrc"),
      npm_config_yes: "true",
      npm_config_audit: "false",
      npm_config_fund: "false",
      npm_config_update_notifier: "false",
      pnpm_config_store_dir: join(directory, "pnpm-store"),
      YARN_NPM_REGISTRY_SERVER: url,
      YARN_UNSAFE_HTTP_WHITELIST: "127.0.0.1",
      YARN_CACHE_FOLDER: join(directory, "yarn-cache"),
      YARN_GLOBAL_FOLDER: join(directory, "yarn-global"),
      YARN_ENABLE_TELEMETRY: "0",
      // If `CI` is set, Yarn would reject a project without a lock file.
      YARN_ENABLE_IMMUTABLE_INSTALLS: "0",
      BUN_CONFIG_REGISTRY: url,
      BUN_INSTALL_CACHE_DIR: join(directory, "bun-cache"),
      XDG_CACHE_HOME: join(directory, "cache"),
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Name → version → the package, for every package in `node_modules`, nested ones included. */
function installedPackages(projects: readonly string[]): Map<string, Record<string, Version>> {
  const packages = new Map<string, Record<string, Version>>();
  for (const directory of projects.flatMap(packageDirectories)) {
    const manifest = readManifest(directory);
    let packed: Promise<Buffer> | undefined;
    const tarball = () => (packed ??= packInstalled(directory));
    packages.set(manifest.name, {
      ...packages.get(manifest.name),
      [manifest.version]: { manifest, tarball },
    });
  }
  return packages;
}

function packageDirectories(project: string): string[] {
  const lock = JSON.parse(readFileSync(join(project, "package-lock.json"), "utf8"));
  return (
    Object.entries<{ link?: boolean }>(lock.packages)
      .filter(([path, { link = false }]) => path !== "" && !link)
      .map(([path]) => join(project, path))
      // Optional packages of other platforms are not installed.
      .filter((directory) => existsSync(join(directory, "package.json")))
  );
}

interface Manifest extends Record<string, unknown> {
  name: string;
  version: string;
}

function readManifest(directory: string): Manifest {
  // What only its own developers need. Install scripts have run here, and would download.
  const {
    devDependencies: _,
    scripts: __,
    ...manifest
  } = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
  return manifest;
}

/** Without blocking the server: clients would run into timeouts. */
async function packInstalled(directory: string): Promise<Buffer> {
  const options = ["--exclude=./node_modules", "--transform=s,^\\.,package,"];
  const { stdout } = await promisify(execFile)(
    "tar",
    ["-cf", "-", ...options, "--use-compress-program=gzip -1", "-C", directory, "."],
    { encoding: "buffer", maxBuffer: 2 ** 30 },
  );
  return stdout;
}
