/**
 * `npm run bench:receiver`: notifications on loopback, as fast as one receiver process handles them. First
 * with its store in memory, then with Redis, where the receiver is killed and restarted. Fails if a
 * notification is lost or handled twice, if memory grows, or if it is too slow.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { Command } from "commander";
import { startRedis } from "../../tools/database-servers.mts";
import { positive } from "../option-parsers.mts";
import type { Measurement } from "./process.mts";
import { createSender } from "./sender.mts";

const { seconds, atLeast } = new Command("npm run bench:receiver --")
  .description("Measures the receiver under load.")
  .option("--seconds <count>", "how long, in memory and with Redis", positive, 30)
  .option("--at-least <count>", "notifications a second", positive, 2000)
  .allowExcessArguments(false)
  .parse()
  .opts<{ seconds: number; atLeast: number }>();

await bench("in memory", [], async (sender) => {
  // More than the store remembers, so that only a leak can make the heap grow.
  await sender.sendMany(120_000);
  await sender.sendFor(Math.min(seconds, 5));
});
const redis = await startRedis();
try {
  await bench("with Redis, killed and restarted", [redis.url], async (sender, restart) => {
    const sending = sender.sendFor(seconds / 2);
    await setTimeout((seconds * 1000) / 4);
    await restart();
    await sending;
  });
} finally {
  await redis.stop();
}

async function bench(
  title: string,
  store: string[],
  warmUp: (sender: ReturnType<typeof createSender>, restart: () => Promise<void>) => Promise<void>,
) {
  let { child, port } = await startReceiver(0, store);
  const sender = createSender(port);
  await warmUp(sender, async () => {
    child.kill("SIGKILL");
    await once(child, "exit");
    ({ child, port } = await startReceiver(port, store));
  });
  const before = await measure(child);
  const sentBefore = sender.sent();
  const start = performance.now();
  await sender.sendFor(seconds);
  const elapsed = (performance.now() - start) / 1000;
  const after = await measure(child);
  const sent = sender.sent();
  await sender.close();
  child.kill();

  // Other programs on the machine take wall time, so the rate that counts is the one of the CPU's time.
  const perCore = Math.round((sent - sentBefore) / (after.cpuSeconds - before.cpuSeconds));
  const lost = sent - after.handledOnce - after.handledTwice;
  console.log(`${title}: ${sent - sentBefore} notifications in ${elapsed.toFixed(1)} s`);
  check(perCore >= atLeast, `${perCore} a second of one core's time, at least ${atLeast}`);
  check(lost === 0, `${lost} of ${sent} lost`);
  check(after.handledTwice === 0, `${after.handledTwice} of ${sent} handled twice`);
  const [from, to] = [before, after].map(({ heapMiB }) => heapMiB.toFixed(1));
  check(after.heapMiB < before.heapMiB + 5, `heap from ${from} to ${to} MiB`);
}

function check(holds: boolean, claim: string) {
  console.log(`  ${holds ? "yes" : "NO "} ${claim}`);
  if (!holds) process.exitCode = 1;
}

async function startReceiver(port: number, store: string[]) {
  const child = fork(join(import.meta.dirname, "process.mts"), [String(port), ...store], {
    execArgv: ["--expose-gc"],
  });
  const [listening] = (await once(child, "message")) as [number];
  return { child, port: listening };
}

async function measure(child: ChildProcess): Promise<Measurement> {
  child.send("measure");
  const [measurement] = await once(child, "message");
  return measurement;
}
