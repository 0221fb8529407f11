// One program, several accounts: one stack per account, all run in parallel. Each stack has its own state,
// lock and processes, and each account has its own rate limit. No stack waits for another, and a failure does
// not stop the others.
//
// Create the stacks as usual (`pulumi stack init emea`, `pulumi config set vcc:region emea`, …). Then, in the
// directory of Pulumi.yaml:
//
//   node fleet.ts preview
//   node fleet.ts up
//
// To destroy the registrations of an account, name its stack: `pulumi destroy --stack emea`.

const stackNames = ["emea", "americas", "asia"];

async function main([command]: string[]): Promise<void> {
  if (command !== "preview" && command !== "up") {
    process.exitCode = 1;
    console.error("usage: node fleet.ts preview|up");
    return;
  }
  const { LocalWorkspace, Stack } = await import("@pulumi/pulumi/automation/index.js");
  const workspace = await LocalWorkspace.create({ workDir: process.cwd() });
  // The Automation API would otherwise change the stack that the user has selected. Every command below
  // names its stack.
  workspace.selectStack = async () => {};

  // Ctrl-C also reaches Pulumi, which finishes what it has started and writes the state. A second signal
  // would interrupt that.
  process.on("SIGINT", () => {});
  const termination = new AbortController();
  process.on("SIGTERM", () => termination.abort());

  const start = performance.now();
  await Promise.all(
    stackNames.map(async (name) => {
      const log = prefixLines(`${name}: `);
      try {
        const stack = await Stack.select(name, workspace);
        const { signal } = termination;
        await stack[command]({ onOutput: log, onError: log, color: "never", signal });
        log(`${command} took ${((performance.now() - start) / 1000).toFixed(1)} s\n`);
      } catch (error) {
        process.exitCode = 1;
        console.error(`${name}: ${command} failed: ${firstErrorOf(error)}`);
      }
    }),
  );
}

/** Extracts the first error from the message of the Automation API. */
function firstErrorOf(error: unknown): string {
  return /error: .*/.exec(String(error))?.[0] ?? String(error);
}

/** Output arrives in chunks, which may end within a line. */
function prefixLines(prefix: string): (text: string) => void {
  let rest = "";
  return (text) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) console.log(prefix + line);
  };
}

main(process.argv.slice(2)).catch((error) => {
  process.exitCode = 1;
  console.error(firstErrorOf(error));
});
