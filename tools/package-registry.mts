/**
 * An npm registry on loopback with what this clone has installed, and its packed tarball: tests install from
 * it as users do, and download nothing.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { packTarball } from "./installation.mts";

export interface PackageRegistry {
  url: string;
  /** What makes npm and pnpm use it, with caches of its own. */
  environment: Record<string, string>;
  close(): Promise<void>;
}

interface Version {
  manifest: Record<string, unknown>;
  tarball: () => Buffer;
}

const root = dirname(import.meta.dirname);

export async function startPackageRegistry(): Promise<PackageRegistry> {
  const directory = mkdtempSync(join(tmpdir(), "package-registry-"));
  const packages = installedPackages();
  const ownManifest = readManifest(root);
  const ownTarball = readFileSync(packTarball(directory));
  packages.set("pulumi-vcc", {
    [ownManifest.version]: { manifest: ownManifest, tarball: () => ownTarball },
  });

  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? "", "http://registry").pathname).slice(
      1,
    );
    const [, tarballName = "", tarballVersion = ""] = /^(.+)\/-\/(.+)\.tgz$/.exec(path) ?? [];
    const tarball = packages.get(tarballName)?.[tarballVersion]?.tarball();
    const versions = packages.get(path);
    if (tarball !== undefined) response.end(tarball);
    else if (versions !== undefined) response.end(JSON.stringify(packument(path, versions)));
    else response.writeHead(404).end("{}");
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  function packument(name: string, versions: Record<string, Version>) {
    const numbers = Object.keys(versions).sort(byVersion);
    return {
      name,
      "dist-tags": { latest: numbers.at(-1) },
      versions: Object.fromEntries(
        Object.entries(versions).map(([version, { manifest, tarball }]) => {
          const integrity = `sha512-${createHash("sha512").update(tarball()).digest("base64")}`;
          const dist = { tarball: `${url}/${name}/-/${version}.tgz`, integrity };
          return [version, { ...manifest, dist }];
        }),
      ),
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
function installedPackages(): Map<string, Record<string, Version>> {
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  const packages = new Map<string, Record<string, Version>>();
  for (const [path, { link = false }] of Object.entries<{ link?: boolean }>(lock.packages)) {
    const directory = join(root, path);
    // Optional packages of other platforms are not installed.
    if (path === "" || link || !existsSync(join(directory, "package.json"))) continue;
    const manifest = readManifest(directory);
    let packed: Buffer | undefined;
    const tarball = () => (packed ??= packInstalled(directory));
    packages.set(manifest.name, {
      ...packages.get(manifest.name),
      [manifest.version]: { manifest, tarball },
    });
  }
  return packages;
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

function packInstalled(directory: string): Buffer {
  const options = ["--exclude=./node_modules", "--transform=s,^\\.,package,"];
  return execFileSync(
    "tar",
    ["-cf", "-", ...options, "--use-compress-program=gzip -1", "-C", directory, "."],
    {
      maxBuffer: 2 ** 30,
    },
  );
}

function byVersion(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}
