import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import type { Step } from "./steps.mts";

/** What a terminal receives, and when. */
export interface Output {
  atMs: number;
  data: string;
}

export interface Size {
  columns: number;
  rows: number;
}

/** How long a person looks at the output before the next command, and at the command before Enter. */
const readMs = 1200;
const typeMs = 500;

/**
 * Types into a shell in a pseudo-terminal, which `script` of util-linux provides.
 *
 * @throws Error if the shell ends, or shows nothing that the next step waits for within two minutes
 */
export async function recordTerminal(
  steps: readonly Step[],
  { columns, rows }: Size,
  directory: string,
  environment: NodeJS.ProcessEnv,
): Promise<Output[]> {
  const shell = `stty rows ${rows} cols ${columns} && exec bash --noprofile --norc`;
  const terminal = spawn("script", ["--quiet", "--flush", "--command", shell, "/dev/null"], {
    cwd: directory,
    env: { ...environment, TERM: "xterm-256color", PS1: "\\[\\e[1;32m\\]\\w $\\[\\e[0m\\] " },
  });
  const outputs: Output[] = [];
  terminal.stdout.setEncoding("utf8").on("data", (data) => {
    outputs.push({ atMs: performance.now(), data });
  });
  const shown = () => stripVTControlCharacters(outputs.map(({ data }) => data).join(""));

  /** @param from the length of what was shown before */
  async function waitFor(pattern: RegExp, from: number) {
    const endMs = performance.now() + 120_000;
    while (!pattern.test(shown().slice(from))) {
      if (terminal.exitCode !== null || performance.now() > endMs) {
        throw new Error(`The terminal does not show ${pattern}:\n${shown()}`);
      }
      await sleep(50);
    }
  }

  const prompt = /\$ $/;
  let from = 0;
  for (const { typed, after = prompt, hidden = false } of steps) {
    await waitFor(after, from);
    await sleep(readMs);
    terminal.stdin.write(typed);
    await sleep(hidden ? 0 : typeMs);
    from = shown().length;
    terminal.stdin.write("\r");
  }
  await waitFor(prompt, from);
  const recorded = [...outputs];
  terminal.stdin.end("\u0004");
  await once(terminal, "close");
  return recorded;
}
