import { access, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

// A per-user cache for artifacts that are slow to build. Each artifact has a directory named after its version.

export async function findInCache(name: string): Promise<string | undefined> {
  const path = join(cacheDirectory(), name);
  return (await exists(path)) ? path : undefined;
}

/**
 * Builds an artifact in a temporary directory and then renames it into the cache, so that the cache never
 * contains a partial artifact. If two processes build the same artifact, the first to finish wins.
 *
 * @param build fills the temporary directory
 */
export async function buildInCache(
  name: string,
  build: (directory: string) => Promise<void>,
): Promise<string> {
  const path = join(cacheDirectory(), name);
  await mkdir(dirname(path), { recursive: true });
  const temporaryDirectory = await mkdtemp(`${path}.building-`);
  try {
    await mkdir(join(temporaryDirectory, "bin"));
    await build(temporaryDirectory);
    await rename(temporaryDirectory, path).catch(async (error) => {
      if (!(await exists(path))) throw error;
    });
    return path;
  } finally {
    await rm(temporaryDirectory, { recursive: true, force: true });
  }
}

/** `PULUMI_VCC_CACHE`, otherwise the platform's cache directory. */
function cacheDirectory(): string {
  const { PULUMI_VCC_CACHE, XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (PULUMI_VCC_CACHE) return PULUMI_VCC_CACHE;
  if (process.platform === "darwin") return join(homedir(), "Library/Caches/pulumi-vcc");
  return join(XDG_CACHE_HOME || LOCALAPPDATA || join(homedir(), ".cache"), "pulumi-vcc");
}

export function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
