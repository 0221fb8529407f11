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
  const automation = await import("@pulumi/pulumi/automation/index.js");
  const { LocalWorkspace, Stack, StackNotFoundError } = automation;
  const workspace = await LocalWorkspace.create({ workDir: process.cwd() });

  // Selecting a stack selects it for whoever works here, too.
  const selected = await workspace.stack();
  const stacks = [];
  try {
    for (const name of stackNames) stacks.push(await Stack.select(name, workspace));
  } catch (error) {
    if (!(error instanceof StackNotFoundError)) throw error;
    const name = stackNames[stacks.length];
    throw new Error(`${name}: no such stack; make it: pulumi stack init ${name} --no-select`);
  } finally {
    if (selected !== undefined) await workspace.selectStack(selected.name);
  }

  // Pulumi gets Ctrl-C, too: it ends what it has begun, and writes the state. A second one would cut that off.
  process.on("SIGINT", () => {});
  const termination = new AbortController();
  process.once("SIGTERM", () => termination.abort());

  const start = performance.now();
  await Promise.all(
    stacks.map(async (stack) => {
      const say = linesAfter(`${stack.name}: `);
      try {
        const { signal } = termination;
        await stack[command]({ onOutput: say, onError: say, color: "never", signal });
        say(`${command} took ${((performance.now() - start) / 1000).toFixed(1)} s\n`);
      } catch (error) {
        process.exitCode = 1;
        const { message } = error as Error;
        const reason = /error: .*/.exec(message)?.[0] ?? message;
        console.error(`${stack.name}: ${command} failed: ${reason}`);
      }
    }),
  );
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

main(process.argv.slice(2)).catch((error: Error) => {
  process.exitCode = 1;
  console.error(error.message);
});
