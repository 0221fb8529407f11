import { mkdtemp, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setImmediate } from "node:timers/promises";

/**
 * Works in a directory of this clone, below its `node_modules`, that is gone afterwards. Ctrl-C and SIGTERM
 * abort the signal that the work is given, and once it has ended the process exits with 130.
 */
export async function inWorkshop(
  work: (directory: string, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const interruption = new AbortController();
  const { signal } = interruption;
  for (const name of ["SIGINT", "SIGTERM"]) process.once(name, () => interruption.abort());

  const directory = await mkdtemp(join(dirname(import.meta.dirname), ".bench-"));
  try {
    await work(directory, signal);
  } catch (error) {
    // What came while this process was blocked is heard of only now.
    await setImmediate();
    if (!signal.aborted) throw error;
    process.stderr.write("interrupted\n");
    process.exitCode = 130;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
