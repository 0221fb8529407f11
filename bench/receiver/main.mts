/**
 * `npm run bench:receiver`: notifications on loopback, as fast as one receiver process handles them. First
 * with its store in memory, then with Redis, where the receiver is killed and restarted. Fails if a
 * notification is lost or handled twice, if memory grows, or if it is too slow.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { Command } from "commander";
import { createClient } from "redis";
import { startRedis } from "../../tools/database-servers.mts";
import { parsePositive } from "../options.mts";
import { withTemporaryDirectory } from "../temporary-directory.mts";
import type { Measurement } from "./process.mts";
import { createSender } from "./sender.mts";

const { seconds, atLeast } = new Command("npm run bench:receiver --")
  .description("Measures the receiver under load.")
  .option("--seconds <count>", "how long, in memory and with Redis", parsePositive, 30)
  .option("--at-least <count>", "notifications a second", parsePositive, 2000)
  .allowExcessArguments(false)
  .parse()
  .opts<{ seconds: number; atLeast: number }>();

await withTemporaryDirectory(async (directory) => {
  await benchMemory();
  await benchRedis(directory);
});

async function benchMemory() {
  const { child, port } = await startReceiver(0);
  const sender = createSender(port);
  // More than the store remembers, so that only a leak can make the heap grow.
  await sender.sendMany(120_000);
  await sender.sendFor(Math.min(seconds, 5));
  const sentBefore = sender.sent();
  const before = await measure(child);
  const start = performance.now();
  await sender.sendFor(seconds);
  const elapsed = (performance.now() - start) / 1000;
  const after = await measure(child);
  const sent = sender.sent();
  await sender.close();
  child.kill();

  const { 1: once = 0, ...more } = after.handled;
  const twice = Object.values(more).reduce((sum, count) => sum + count, 0);
  const cpu = after.cpuSeconds - before.cpuSeconds;
  report("in memory", sent - sentBefore, elapsed, cpu);
  check(sent - once - twice === 0, `${sent - once - twice} of ${sent} lost`);
  check(twice === 0, `${twice} of ${sent} handled twice`);
  checkHeap(before.heapMiB, after.heapMiB);
}

async function benchRedis(directory: string) {
  const server = await startRedis();
  const redis = await createClient({ url: server.url }).connect();
  const store = join(directory, "redis-store.mts");
  writeFileSync(store, documentedStore());
  try {
    const first = await startReceiver(0, server.url, store);
    const { port } = first;
    const sender = createSender(port);
    const sending = sender.sendFor(seconds / 2);
    await setTimeout((seconds * 1000) / 4);
    first.child.kill("SIGKILL");
    await once(first.child, "exit");
    const { child } = await startReceiver(port, server.url, store);
    await sending;
    const before = await measure(child);
    const sentBefore = sender.sent();
    const start = performance.now();
    await sender.sendFor(seconds / 2);
    const elapsed = (performance.now() - start) / 1000;
    const after = await measure(child);
    const sent = sender.sent();
    await sender.close();
    child.kill();

    const counts = Object.values(await redis.hGetAll("handled")).map(Number);
    const twice = counts.filter((count) => count > 1).length;
    const cpu = after.cpuSeconds - before.cpuSeconds;
    report("with Redis, killed and restarted", sent - sentBefore, elapsed, cpu);
    check(counts.length === sent, `${sent - counts.length} of ${sent} lost`);
    check(twice === 0, `${twice} of ${sent} handled twice`);
    checkHeap(before.heapMiB, after.heapMiB);
  } finally {
    await redis.close();
    await server.stop();
  }
}

/** Other programs on the machine take wall time, so the rate that counts is the one of the CPU's time. */
function report(store: string, count: number, elapsed: number, cpuSeconds: number) {
  const [wall, core] = [count / elapsed, count / cpuSeconds].map(Math.round) as [number, number];
  console.log(`${store}: ${count} notifications in ${elapsed.toFixed(1)} s, ${wall} a second`);
  check(core >= atLeast, `${core} a second of one core's time, at least ${atLeast}`);
}

function checkHeap(before: number, after: number) {
  const [from, to] = [before, after].map((heapMiB) => heapMiB.toFixed(1));
  check(after < before + 5, `heap from ${from} to ${to} MiB`);
}

function check(holds: boolean, claim: string) {
  console.log(`  ${holds ? "yes" : "NO "} ${claim}`);
  if (!holds) process.exitCode = 1;
}

/** The store as the documentation shows it. */
function documentedStore(): string {
  const document = readFileSync(join(dirname(import.meta.dirname), "../docs/receiver.md"), "utf8");
  const blocks = [...document.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, text = ""]) => text);
  const store = blocks.find((text) => text.includes("export function redisStore"));
  if (store === undefined) throw new Error("The documentation shows no redisStore");
  return store;
}

async function startReceiver(port: number, ...store: string[]) {
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
