import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { createOperationLog } from "../../../provider/lifecycle/operation-log";
import type { RegisteredName } from "../../../provider/lifecycle/registered-name";

const daysAgo = new Date(Date.now() - 5 * 24 * 3_600_000);
let directory: string;
let operations: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "pulumi-vcc-operation-log-"));
  operations = join(directory, "operations");
});
afterEach(() => rmSync(directory, { recursive: true }));

const openLog = (address: string) => createOperationLog(address, operations);
const name = (provider: string, account?: string): RegisteredName => ({
  account,
  region: "emea",
  provider,
});
const onlyFile = () => join(operations, readdirSync(operations)[0] ?? "");

function endedProcess(): number {
  return spawnSync(process.execPath, ["--version"]).pid;
}

describe("operation log", () => {
  it("shares names between all processes of an operation", async () => {
    const names = [name('C"r\nm', "account"), name("Crm")];
    for (const each of names) await openLog("127.0.0.1:1").record(each);
    expect(await openLog("127.0.0.1:1").names()).toEqual(names);
    expect(await openLog("127.0.0.1:2").names()).toEqual([]);
  });

  it("ignores a process that has ended, whose engine had the same address", async () => {
    await openLog("127.0.0.1:1").record(name("Alive"));
    appendFileSync(onlyFile(), `${JSON.stringify([endedProcess(), "emea", "Ended", null])}\n`);
    expect(await openLog("127.0.0.1:1").names()).toEqual([name("Alive")]);
  });

  it("accepts records of many processes at once", async () => {
    const names = Array.from({ length: 50 }, (_, n) => name(`Crm ${n}`));
    await Promise.all(names.map((each) => openLog("127.0.0.1:1").record(each)));
    const recorded = (await openLog("127.0.0.1:1").names()).map(({ provider }) => provider);
    expect(recorded.sort()).toEqual(names.map(({ provider }) => provider).sort());
  });

  it("has a file for each host, since containers may share a home directory", async () => {
    await openLog("127.0.0.1:1").record(name("Crm"));
    expect(onlyFile()).toContain(hostname().replace(/[^\w.-]/g, "_"));
  });

  it("keeps the records of an operation that takes days", async () => {
    const first = openLog("127.0.0.1:1");
    await first.record(name("Crm"));
    utimesSync(onlyFile(), daysAgo, daysAgo);
    await openLog("127.0.0.1:2").record(name("Other"));
    expect(await openLog("127.0.0.1:1").names()).toEqual([name("Crm")]);
  });

  it("removes its files of operations that ended days ago, and nothing else", async () => {
    mkdirSync(operations);
    const old = join(operations, "old.jsonl");
    writeFileSync(old, `[${endedProcess()}]\n`);
    writeFileSync(join(operations, "id_rsa"), "");
    for (const file of [old, join(operations, "id_rsa")]) utimesSync(file, daysAgo, daysAgo);
    await openLog("127.0.0.1:2").record(name("Crm"));
    const left = readdirSync(operations);
    expect(left).toHaveLength(2);
    expect(left).toContain("id_rsa");
    expect(left).not.toContain("old.jsonl");
  });

  describe("knows nothing", () => {
    it("without a usable directory", async () => {
      const nowhere = createOperationLog("127.0.0.1:1", "/dev/null/operations");
      await expect(nowhere.record(name("Crm"))).resolves.toBeUndefined();
      await expect(nowhere.names()).rejects.toThrow("ENOTDIR");
    });

    it("if a file or a link has the name of the directory", async () => {
      writeFileSync(operations, "");
      await expect(openLog("127.0.0.1:1").names()).rejects.toThrow("EEXIST");
      rmSync(operations);
      mkdirSync(join(directory, "elsewhere"));
      symlinkSync(join(directory, "elsewhere"), operations);
      await expect(openLog("127.0.0.1:1").names()).rejects.toThrow("is not a directory");
    });

    it("if the directory belongs to another user", async () => {
      mkdirSync(operations);
      const { getuid } = process;
      process.getuid = () => -1;
      try {
        await expect(openLog("127.0.0.1:1").names()).rejects.toThrow("belongs to another user");
      } finally {
        process.getuid = getuid as typeof process.getuid;
      }
    });

    it.each(['["em', '{"a":1}\n', `[${process.pid},"emea"]\n`, `["1","emea","Crm",null]\n`])(
      "after the damaged line %j",
      async (line) => {
        const log = openLog("127.0.0.1:1");
        await log.record(name("Crm"));
        appendFileSync(onlyFile(), line);
        await expect(log.names()).rejects.toThrow("is damaged");
        await expect(openLog("127.0.0.1:1").names()).rejects.toThrow("is damaged");
      },
    );

    it("after its file was removed or replaced", async () => {
      const log = openLog("127.0.0.1:1");
      await log.record(name("Crm"));
      const file = onlyFile();
      const other = readFileSync(file, "utf8").replaceAll(String(process.pid), "1");
      rmSync(file);
      await expect(log.names()).rejects.toThrow("ENOENT");
      writeFileSync(file, other);
      await expect(log.names()).rejects.toThrow("was replaced");
    });

    it("after it could not record a name", async () => {
      const log = openLog("127.0.0.1:1");
      await log.record(name("Crm"));
      const file = onlyFile();
      const records = readFileSync(file);
      rmSync(operations, { recursive: true });
      await log.record(name("Lost"));
      mkdirSync(operations);
      writeFileSync(file, records);
      await expect(log.names()).rejects.toThrow("ENOENT");
    });
  });
});
