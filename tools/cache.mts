import { access, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

// What takes long to make and can be made again is kept per user, in a directory that its version names.

export async function findInCache(name: string): Promise<string | undefined> {
  const place = join(cacheDirectory(), name);
  return (await exists(place)) ? place : undefined;
}

/**
 * Works in a directory of its own and then moves it into place whole. Of two processes that do so at
 * once, the later one throws its own work away.
 *
 * @param make fills the directory that it is given
 */
export async function makeInCache(
  name: string,
  make: (directory: string) => Promise<void>,
): Promise<string> {
  const place = join(cacheDirectory(), name);
  await mkdir(dirname(place), { recursive: true });
  const workshop = await mkdtemp(`${place}.making-`);
  try {
    await mkdir(join(workshop, "bin"));
    await make(workshop);
    await rename(workshop, place).catch(async (error) => {
      if (!(await exists(place))) throw error;
    });
    return place;
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}

/** `PULUMI_VCC_CACHE`, or where the platform keeps what can be made again. */
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
