import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../../emulator";
import { formsOf } from "../end-to-end/secrets";
import { faultsFor, type Target } from "./faults";
import { aimOf, heldBy, type Operation, operations, Resource, secrets } from "./resource";
import { variants } from "./variants";

const targets: Target[] = ["token", "register"];
const names = faultsFor("create", "token").map(({ name }) => name);
const maxAttempts = 5;
const always = 1000;
const processOptions = { maxAttempts, attemptTimeoutMs: 300, random: () => 0.5 };
const readme = join(__dirname, "../../README.md");

/** What was observed of one fault at one place during one operation. */
interface Observation {
  requests: number;
  result: string;
}

describe("faults", () => {
  let emulator: Emulator;
  beforeAll(async () => {
    emulator = await startEmulator({ clientId: "id", clientSecret: secrets.clientSecret });
  });
  afterAll(() => emulator.close());

  async function observe(
    index: number,
    target: Target,
    operation: Operation,
  ): Promise<Observation> {
    const named = faultsFor(operation, target)[index];
    if (named === undefined) throw new Error("no such fault");
    const { fault, times = always } = named;
    emulator.reset();
    // Whatever VCC leaves undocumented must not matter: each observation meets another variant.
    Object.assign(emulator.behaviour, variants[combinations % variants.length]);
    combinations += 1;
    const resource = new Resource(emulator);
    await resource.prepare(operation);
    const before = heldBy(emulator);
    const asked = emulator.requests().length;
    emulator.fail({ target, times, fault });

    const { error, logged } = await resource.run(operation, processOptions);
    const requests = emulator.requests().length - asked;
    const held = heldBy(emulator);

    // What holds whatever happens.
    const isRecorded =
      error?.reasons !== undefined || /may still have accepted/.test(error?.message ?? "");
    if (error === undefined) expect(held).toBe(aimOf(operation));
    else if (!isRecorded) expect(held).toBe(before);
    // A token and a registration for each attempt, and both once more after a refused token.
    expect(requests).toBeLessThanOrEqual(2 * maxAttempts + 2);
    const output = [error?.message, error?.stack, ...logged].join("\n");
    for (const form of Object.values(secrets).flatMap(formsOf)) expect(output).not.toContain(form);
    expect(error?.message.length ?? 0).toBeLessThan(800);

    // Once the fault is gone, running it again converges.
    emulator.clearFaults();
    expect((await resource.run(operation, processOptions)).error).toBeUndefined();
    expect(heldBy(emulator)).toBe(aimOf(operation));
    return { requests, result: resultOf(error, isRecorded) };
  }

  function resultOf(error: Error | undefined, isRecorded: boolean): string {
    if (error === undefined) return "succeeds";
    return isRecorded ? "fails, recorded as perhaps taken" : `fails: ${error.name}`;
  }

  const rows: string[] = [];
  let combinations = 0;

  it.each(names)("%s", async (name) => {
    const cells = [];
    for (const target of targets) {
      const observations = new Map<Operation, Observation>();
      for (const operation of operations) {
        observations.set(operation, await observe(names.indexOf(name), target, operation));
      }
      cells.push(cellOf(observations));
    }
    rows.push(`| ${[name, ...cells].join(" | ")} |`);
  });

  it("are in the README as they were observed", () => {
    expect(combinations).toBe(names.length * targets.length * operations.length);
    expect(combinations).toBeGreaterThanOrEqual(60);
    const table = [
      "| fault | at the token endpoint | at Register |",
      "| --- | --- | --- |",
      ...rows,
    ].join("\n");
    process.stdout.write(`\n${combinations} combinations\n${table}\n`);
    const text = readFileSync(readme, "utf8");
    const block = /(<!-- faults -->\n).*?(\n<!-- \/faults -->)/s;
    if (process.env.UPDATE_README) {
      writeFileSync(
        readme,
        text.replace(block, (_block, begin, end) => `${begin}${table}${end}`),
      );
    }
    expect(block.exec(readFileSync(readme, "utf8"))?.[0]).toBe(
      `<!-- faults -->\n${table}\n<!-- /faults -->`,
    );
  });
});

/** Of create, update and delete, those that went alike together. */
function cellOf(observations: Map<Operation, Observation>): string {
  const alike = Map.groupBy(observations, ([, { result, requests }]) => {
    return `${result} (${requests} ${requests === 1 ? "request" : "requests"})`;
  });
  if (alike.size === 1) return [...alike.keys()][0] ?? "";
  return [...alike]
    .map(([cell, same]) => `${same.map(([operation]) => operation).join(", ")}: ${cell}`)
    .join("; ");
}
