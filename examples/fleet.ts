// One program, several accounts: a stack for each, run side by side. Each stack has a state, a lock and
// processes of its own, and each account has its own limit of requests: none waits for another, and one
// that fails stops no other.
//
// Make the stacks as always (`pulumi stack init emea`, `pulumi config set vcc:region emea`, …). Then, where
// their Pulumi.yaml is:
//
//   node fleet.ts preview
//   node fleet.ts up

const stackNames = ["emea", "americas", "asia"];

async function run(stackName: string, command: "preview" | "up"): Promise<void> {
  const { LocalWorkspace } = await import("@pulumi/pulumi/automation/index.js");
  const start = performance.now();
  const say = (text: string) => {
    for (const line of text.trimEnd().split("\n")) console.log(`${stackName}: ${line}`);
  };
  const stack = await LocalWorkspace.selectStack({ stackName, workDir: process.cwd() });
  await stack[command]({ onOutput: say, onError: say, color: "never" });
  say(`${command} took ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

async function main([command]: string[]): Promise<void> {
  if (command !== "preview" && command !== "up") {
    process.exitCode = 1;
    console.error("node fleet.ts preview, or node fleet.ts up");
    return;
  }
  const results = await Promise.allSettled(stackNames.map((name) => run(name, command)));
  for (const [index, result] of results.entries()) {
    if (result.status === "fulfilled") continue;
    process.exitCode = 1;
    console.error(`${stackNames[index]}: ${command} failed, see above`);
  }
}

main(process.argv.slice(2));
