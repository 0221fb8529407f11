import type { EventEmitter } from "node:events";
import { type Command, CommanderError } from "commander";

export interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  /** Variables in addition to the PATH. @default none */
  environment?: NodeJS.ProcessEnv;
  /** The time on this machine, which stands still. @default the real time */
  atMs?: number;
  /** Of the terminal. @default none: standard output is a pipe */
  columns?: number | undefined;
}

/** Runs a command of `pulumi-vcc` in this process and in the working directory. */
export async function runCommand(
  command: Command,
  args: string[],
  { environment = {}, atMs, columns }: RunOptions = {},
): Promise<Ended> {
  const output = { stdout: "", stderr: "" };
  const write = jest.spyOn(process.stdout, "write").mockImplementation(((
    text: string,
    done?: () => void,
  ) => {
    output.stdout += text;
    done?.();
    return true;
  }) as typeof process.stdout.write);
  const error = jest.spyOn(console, "error").mockImplementation((line) => {
    output.stderr += `${line}\n`;
  });
  const clock = jest.spyOn(Date, "now");
  if (atMs !== undefined) clock.mockReturnValue(atMs);
  const terminal = Object.getOwnPropertyDescriptor(process.stdout, "columns");
  Object.defineProperty(process.stdout, "columns", { value: columns, configurable: true });
  const before = { env: process.env, exitCode: process.exitCode };
  const forget = [
    ...["SIGTERM", "SIGINT", "SIGHUP"].map((name) => rememberListeners(process, name)),
    rememberListeners(process.stdout, "error"),
  ];
  process.env = { PATH: before.env.PATH, ...environment };
  process.exitCode = undefined;
  try {
    await command
      .exitOverride()
      .configureOutput({
        writeErr(text) {
          output.stderr += text;
        },
      })
      .parseAsync(args, { from: "user" });
    return { code: Number(process.exitCode ?? 0), ...output };
  } catch (error) {
    if (error instanceof CommanderError) return { code: error.exitCode, ...output };
    throw error;
  } finally {
    process.env = before.env;
    process.exitCode = before.exitCode;
    for (const undo of forget) undo();
    for (const mock of [write, error, clock]) mock.mockRestore();
    if (terminal === undefined) Reflect.deleteProperty(process.stdout, "columns");
    else Object.defineProperty(process.stdout, "columns", terminal);
  }
}

/** @returns removes the listeners that were added since */
function rememberListeners(emitter: EventEmitter, name: string): () => void {
  const before = emitter.rawListeners(name) as Array<() => void>;
  return () => {
    emitter.removeAllListeners(name);
    for (const listener of before) emitter.on(name, listener);
  };
}
