import { spawn } from "node:child_process";
import { once } from "node:events";
import { delimiter } from "node:path";

interface User {
  /** The working directory. */
  directory: string;
  home: string;
  /** Variables of the user, for example those of a package registry. */
  environment: Record<string, string>;
  /** Directories at the front of the `PATH`. @default none */
  programs?: readonly string[];
  /** What the user enters if a command asks. @default nothing */
  input?: string;
}

/**
 * Runs commands as a user does who has no other settings, and answers yes to Pulumi. The first command that
 * fails ends them.
 *
 * @returns what they printed
 */
export async function runAsUser(
  commands: string,
  { directory, home, environment, programs = [], input = "" }: User,
): Promise<{ code: number; output: string }> {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|PULUMI_|VCC_|YARN_|BUN_)/i.test(name),
  );
  const shell = spawn("sh", ["-euc", commands], {
    cwd: directory,
    env: {
      ...Object.fromEntries(inherited),
      PATH: [...programs, process.env.PATH].join(delimiter),
      HOME: home,
      PULUMI_HOME: `${home}/home`,
      // `pulumi login --local` means the home of the user who runs the tests.
      PULUMI_BACKEND_URL: `file://${home}`,
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_OPTION_YES: "true",
      ...environment,
    },
  });
  let output = "";
  for (const stream of [shell.stdout, shell.stderr]) {
    stream.on("data", (chunk) => (output += chunk));
  }
  // A command that fails early reads nothing.
  shell.stdin.on("error", () => {});
  shell.stdin.end(input);
  const [code] = await once(shell, "close");
  return { code, output };
}
