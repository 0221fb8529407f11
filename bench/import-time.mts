import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { cleanEnvironment } from "./project.mts";

const repetitions = 11;
const script = `
  require("@pulumi/pulumi");
  const start = performance.now();
  require("pulumi-vcc");
  console.log(performance.now() - start);
`;

/**
 * Measures how long a program takes to load the package in addition to the SDK.
 *
 * @returns milliseconds, each measured in a new process
 */
export async function measureImport(directory: string, signal: AbortSignal): Promise<number[]> {
  const times: number[] = [];
  while (times.length < repetitions) {
    const { stdout } = await promisify(execFile)(process.execPath, ["-e", script], {
      cwd: directory,
      env: cleanEnvironment(directory),
      signal,
    });
    times.push(Number(stdout));
  }
  return times;
}
