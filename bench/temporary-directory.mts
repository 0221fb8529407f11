import { mkdtemp, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setImmediate } from "node:timers/promises";

/**
 * Runs the work with a temporary directory in this clone, and removes the directory afterwards. Ctrl-C and
 * SIGTERM abort the signal; once the work has ended, the process exits with 130.
 */
export async function withTemporaryDirectory(
  work: (directory: string, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const abortController = new AbortController();
  const { signal } = abortController;
  for (const name of ["SIGINT", "SIGTERM"]) process.once(name, () => abortController.abort());

  const directory = await mkdtemp(join(dirname(import.meta.dirname), ".bench-"));
  try {
    await work(directory, signal);
  } catch (error) {
    // Lets signals arrive that were sent while this process was blocked.
    await setImmediate();
    if (!signal.aborted) throw error;
    process.stderr.write("interrupted\n");
    process.exitCode = 130;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
