// One program, several accounts: a stack for each, run side by side. Each stack has a state, a lock and
// processes of its own, and each account has its own limit of requests: none waits for another, and one
// that fails stops no other.
//
// Make the stacks as always (`pulumi stack init emea`, `pulumi config set vcc:region emea`, …). Then, where
// their Pulumi.yaml is:
//
//   node fleet.ts preview
//   node fleet.ts up
//
// To take an account down, its stack has to be asked for by name: `pulumi destroy --stack emea`.

const stackNames = ["emea", "americas", "asia"];

async function main([command]: string[]): Promise<void> {
  if (command !== "preview" && command !== "up") {
    process.exitCode = 1;
    console.error("node fleet.ts preview, or node fleet.ts up");
    return;
  }
  const { LocalWorkspace, Stack } = await import("@pulumi/pulumi/automation/index.js");
  const workspace = await LocalWorkspace.create({ workDir: process.cwd() });
  // It would select them for whoever works here, too; every command below names its stack.
  workspace.selectStack = async () => {};

  // Pulumi gets Ctrl-C, too, ends what it has begun and writes the state; another one would cut that off.
  process.on("SIGINT", () => {});
  const termination = new AbortController();
  process.on("SIGTERM", () => termination.abort());

  const start = performance.now();
  await Promise.all(
    stackNames.map(async (name) => {
      const say = linesAfter(`${name}: `);
      try {
        const stack = await Stack.select(name, workspace);
        const { signal } = termination;
        await stack[command]({ onOutput: say, onError: say, color: "never", signal });
        say(`${command} took ${((performance.now() - start) / 1000).toFixed(1)} s\n`);
      } catch (error) {
        process.exitCode = 1;
        console.error(`${name}: ${command} failed: ${reasonOf(error)}`);
      }
    }),
  );
}

/** Of all that the Automation API tells, what went wrong first. */
function reasonOf(error: unknown): string {
  return /error: .*/.exec(String(error))?.[0] ?? String(error);
}

/** Output comes in pieces, which may end anywhere. */
function linesAfter(prefix: string): (text: string) => void {
  let rest = "";
  return (text) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) console.log(prefix + line);
  };
}

main(process.argv.slice(2)).catch((error) => {
  process.exitCode = 1;
  console.error(reasonOf(error));
});
