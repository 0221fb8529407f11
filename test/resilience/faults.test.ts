import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../../emulator";
import { formsOf } from "../end-to-end/secrets";
import { faultsFor, type Target } from "./faults";
import {
  expectedAfter,
  heldState,
  type Operation,
  operations,
  Resource,
  secrets,
} from "./resource";
import { variants } from "./variants";

const targets: Target[] = ["token", "register"];
const names = faultsFor("create", "token").map(({ name }) => name);
const maxAttempts = 5;
const always = 1000;
const processOptions = { maxAttempts, attemptTimeoutMs: 300, random: () => 0.5 };
const document = join(__dirname, "faults.md");

/** The effect of one fault at one endpoint on one operation. */
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
    // Undocumented behavior must not matter, so each observation uses a different variant of it.
    const observation =
      (index * targets.length + targets.indexOf(target)) * operations.length +
      operations.indexOf(operation);
    Object.assign(emulator.behavior, variants[observation % variants.length]);
    const resource = new Resource(emulator);
    await resource.prepare(operation);
    const before = heldState(emulator);
    const earlier = emulator.requests().length;
    emulator.fail({ target, times, fault });

    const { error, logged } = await resource.run(operation, processOptions);
    const requests = emulator.requests().length - earlier;
    const held = heldState(emulator);

    // These invariants hold for every fault.
    const isRecorded =
      error?.reasons !== undefined || /may still have accepted/.test(error?.message ?? "");
    if (error === undefined) expect(held).toBe(expectedAfter(operation));
    else if (!isRecorded) expect(held).toBe(before);
    // A token and a registration for each attempt, and both once more after a rejected token.
    expect(requests).toBeLessThanOrEqual(2 * maxAttempts + 2);
    const output = [error?.message, error?.stack, ...logged].join("\n");
    for (const form of Object.values(secrets).flatMap(formsOf)) expect(output).not.toContain(form);
    expect(error?.message.length ?? 0).toBeLessThan(800);

    // Without the fault, the next run converges.
    emulator.clearFaults();
    expect((await resource.run(operation, processOptions)).error).toBeUndefined();
    expect(heldState(emulator)).toBe(expectedAfter(operation));
    return { requests, result: resultOf(error, isRecorded) };
  }

  function resultOf(error: Error | undefined, isRecorded: boolean): string {
    if (error === undefined) return "succeeds";
    return isRecorded ? "fails, recorded as unacknowledged" : `fails: ${error.name}`;
  }

  it.each(names)("%s", async (name) => {
    const cells = [];
    for (const target of targets) {
      const observations = new Map<Operation, Observation>();
      for (const operation of operations) {
        observations.set(operation, await observe(names.indexOf(name), target, operation));
      }
      cells.push(formatCell(observations));
    }
    expect(`| ${[name, ...cells].join(" | ")} |`).toBe(documentedRow(name));
  });

  it("are all in faults.md, and no others", () => {
    expect(documentedRows.map((row) => row.split(" | ")[0])).toEqual(
      names.map((name) => `| ${name}`),
    );
    expect(names.length).toBeGreaterThanOrEqual(26);
  });
});

const [, table = ""] =
  /<!-- faults -->\n(.*?)\n<!-- \/faults -->/s.exec(readFileSync(document, "utf8")) ?? [];
const [, , ...documentedRows] = table.split("\n");

function documentedRow(name: string): string | undefined {
  return documentedRows.find((row) => row.startsWith(`| ${name} | `));
}

/** Groups the operations with the same effect. */
function formatCell(observations: Map<Operation, Observation>): string {
  const groups = Map.groupBy(observations, ([, { result, requests }]) => {
    return `${result} (${requests} ${requests === 1 ? "request" : "requests"})`;
  });
  if (groups.size === 1) return [...groups.keys()][0] ?? "";
  return [...groups]
    .map(([cell, same]) => `${same.map(([operation]) => operation).join(", ")}: ${cell}`)
    .join("; ");
}
