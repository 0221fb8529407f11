import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEngineRun } from "../../provider/engine-run";

const hourMs = 3_600_000;
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "pulumi-vcc-engine-run-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const process = (address: string, now: () => number = Date.now) =>
  createEngineRun(address, now, join(directory, "runs"));

describe("engine run", () => {
  it("tells all processes of an operation what one of them registered", async () => {
    await process("127.0.0.1:1").announce("emea", 'C"r\nm');
    expect(await process("127.0.0.1:1").hasRegistered("emea", 'C"r\nm')).toBe(true);
    expect(await process("127.0.0.1:1").hasRegistered("nam", 'C"r\nm')).toBe(false);
    expect(await process("127.0.0.1:1").hasRegistered("emea", "Other")).toBe(false);
    expect(await process("127.0.0.1:2").hasRegistered("emea", 'C"r\nm')).toBe(false);
  });

  it("takes nothing from a process that has ended, whose engine had the same address", async () => {
    const { pid } = spawnSync(globalThis.process.execPath, ["--version"]);
    await process("127.0.0.1:1").announce("emea", "Other");
    const file = join(directory, "runs/127.0.0.1_1.jsonl");
    appendFileSync(file, `${JSON.stringify(["emea", "Ended", Date.now(), pid])}\n`);
    appendFileSync(
      file,
      `${JSON.stringify(["emea", "Alive", Date.now(), globalThis.process.pid])}\n`,
    );
    expect(await process("127.0.0.1:1").hasRegistered("emea", "Ended")).toBe(false);
    expect(await process("127.0.0.1:1").hasRegistered("emea", "Alive")).toBe(true);
  });

  it("takes announcements of many processes at once", async () => {
    const names = Array.from({ length: 50 }, (_, n) => `Crm ${n}`);
    await Promise.all(names.map((name) => process("127.0.0.1:1").announce("emea", name)));
    for (const name of names) {
      expect(await process("127.0.0.1:1").hasRegistered("emea", name)).toBe(true);
    }
  });

  it("forgets an operation that had the same address before, and removes what is left of it", async () => {
    const later = () => Date.now() + hourMs + 1000;
    await process("127.0.0.1:1").announce("emea", "Crm");
    expect(await process("127.0.0.1:1", later).hasRegistered("emea", "Crm")).toBe(false);
    await process("127.0.0.1:2", later).announce("emea", "Crm");
    expect(readdirSync(join(directory, "runs"))).toEqual(["127.0.0.1_2.jsonl"]);
  });

  it("does without where there is no place to meet", async () => {
    const nowhere = createEngineRun("127.0.0.1:1", Date.now, "/dev/null/runs");
    await expect(nowhere.announce("emea", "Crm")).resolves.toBeUndefined();
    expect(await nowhere.hasRegistered("emea", "Crm")).toBe(false);
  });

  it("trusts no directory of somebody else's, and removes nothing that is not its own", async () => {
    const elsewhere = join(directory, "elsewhere");
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, "id_rsa"), "");
    writeFileSync(join(elsewhere, "127.0.0.1_1.jsonl"), `["emea","Crm",${Date.now()}]\n`);
    symlinkSync(elsewhere, join(directory, "runs"));
    expect(await process("127.0.0.1:1").hasRegistered("emea", "Crm")).toBe(false);
    const muchLater = () => Date.now() + 2 * hourMs;
    await createEngineRun("127.0.0.1:2", muchLater, elsewhere).announce("emea", "Crm");
    expect(readdirSync(elsewhere).sort()).toEqual(["127.0.0.1_2.jsonl", "id_rsa"]);
  });

  it("reads past a line that is still being written", async () => {
    await process("127.0.0.1:1").announce("emea", "Crm");
    appendFileSync(join(directory, "runs/127.0.0.1_1.jsonl"), '["em');
    expect(await process("127.0.0.1:1").hasRegistered("emea", "Crm")).toBe(true);
  });
});
