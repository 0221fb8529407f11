import { mkdtemp, rm } from "node:fs/promises";
import { dirname, join } from "node:path";

/**
 * Runs the work with a temporary directory in this clone, and removes the directory afterwards. Ctrl-C and
 * SIGTERM abort the signal.
 */
export async function withTemporaryDirectory(
  work: (directory: string, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"]) process.once(name, () => controller.abort());
  const directory = await mkdtemp(join(dirname(import.meta.dirname), ".bench-"));
  try {
    await work(directory, controller.signal);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
