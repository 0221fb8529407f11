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
import { createOperationLog } from "../../../provider/lifecycle/operation-log";

const hourMs = 3_600_000;
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "pulumi-vcc-operation-log-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const openLog = (address: string, now: () => number = Date.now) =>
  createOperationLog(address, now, join(directory, "operations"));

describe("operation log", () => {
  it("shares records between all processes of an operation", async () => {
    await openLog("127.0.0.1:1").record("emea", 'C"r\nm');
    expect(await openLog("127.0.0.1:1").hasRecorded("emea", 'C"r\nm')).toBe(true);
    expect(await openLog("127.0.0.1:1").hasRecorded("nam", 'C"r\nm')).toBe(false);
    expect(await openLog("127.0.0.1:1").hasRecorded("emea", "Other")).toBe(false);
    expect(await openLog("127.0.0.1:2").hasRecorded("emea", 'C"r\nm')).toBe(false);
  });

  it("ignores a process that has ended, whose engine had the same address", async () => {
    const { pid } = spawnSync(process.execPath, ["--version"]);
    await openLog("127.0.0.1:1").record("emea", "Other");
    const file = join(directory, "operations/127.0.0.1_1.jsonl");
    appendFileSync(file, `${JSON.stringify(["emea", "Ended", Date.now(), pid])}\n`);
    appendFileSync(file, `${JSON.stringify(["emea", "Alive", Date.now(), process.pid])}\n`);
    expect(await openLog("127.0.0.1:1").hasRecorded("emea", "Ended")).toBe(false);
    expect(await openLog("127.0.0.1:1").hasRecorded("emea", "Alive")).toBe(true);
  });

  it("accepts records of many processes at once", async () => {
    const names = Array.from({ length: 50 }, (_, n) => `Crm ${n}`);
    await Promise.all(names.map((name) => openLog("127.0.0.1:1").record("emea", name)));
    for (const name of names) {
      expect(await openLog("127.0.0.1:1").hasRecorded("emea", name)).toBe(true);
    }
  });

  it("ignores and removes the file of an earlier operation", async () => {
    const later = () => Date.now() + hourMs + 1000;
    await openLog("127.0.0.1:1").record("emea", "Crm");
    expect(await openLog("127.0.0.1:1", later).hasRecorded("emea", "Crm")).toBe(false);
    await openLog("127.0.0.1:2", later).record("emea", "Crm");
    expect(readdirSync(join(directory, "operations"))).toEqual(["127.0.0.1_2.jsonl"]);
  });

  it("works without a usable directory", async () => {
    const nowhere = createOperationLog("127.0.0.1:1", Date.now, "/dev/null/operations");
    await expect(nowhere.record("emea", "Crm")).resolves.toBeUndefined();
    expect(await nowhere.hasRecorded("emea", "Crm")).toBe(false);
  });

  it("does not follow a symbolic link, and removes only its own files", async () => {
    const elsewhere = join(directory, "elsewhere");
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, "id_rsa"), "");
    writeFileSync(join(elsewhere, "127.0.0.1_1.jsonl"), `["emea","Crm",${Date.now()}]\n`);
    symlinkSync(elsewhere, join(directory, "operations"));
    expect(await openLog("127.0.0.1:1").hasRecorded("emea", "Crm")).toBe(false);
    const muchLater = () => Date.now() + 2 * hourMs;
    await createOperationLog("127.0.0.1:2", muchLater, elsewhere).record("emea", "Crm");
    expect(readdirSync(elsewhere).sort()).toEqual(["127.0.0.1_2.jsonl", "id_rsa"]);
  });

  it("skips an incomplete line", async () => {
    await openLog("127.0.0.1:1").record("emea", "Crm");
    appendFileSync(join(directory, "operations/127.0.0.1_1.jsonl"), '["em');
    expect(await openLog("127.0.0.1:1").hasRecorded("emea", "Crm")).toBe(true);
  });
});
