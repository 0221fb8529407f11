import { execFile } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { receiveFile, sendFile } from "../../../cli/pulumi/private-file";

const run = promisify(execFile);
/** More than a pipe holds. */
const large = JSON.stringify({ text: "é".repeat(200_000) });

describe.each(["named pipes", "files"])("private files, as %s,", (kind) => {
  const platform = kind === "files" ? "win32" : process.platform;
  let directory = "";
  afterEach(() => expect(existsSync(directory)).toBe(false));

  /** Runs Node.js with the path as its first argument. */
  const node =
    (code: string, ...args: string[]) =>
    (path: string) => {
      directory = dirname(path);
      expect(statSync(path).isFIFO()).toBe(kind === "named pipes");
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(statSync(directory).mode & 0o777).toBe(0o700);
      return run(process.execPath, ["-e", code, path, ...args], { maxBuffer: 10 ** 7 });
    };

  it("receive what a command writes", async () => {
    // As Go's `os.Create` does.
    const write = `
      const file = fs.openSync(process.argv[1], "w+");
      fs.writeSync(file, process.argv[2]);
      console.log("done");
    `;
    const { result, text } = await receiveFile(node(write, "written"), platform);
    expect([result.stdout, text]).toEqual(["done\n", "written"]);
  });

  it("receive nothing from a command that writes nothing", async () => {
    expect((await receiveFile(node(""), platform)).text).toBe("");
  });

  it("send a text to a command that reads it", async () => {
    const read = `
      const file = fs.openSync(process.argv[1], "r");
      const bytes = Buffer.alloc(+process.argv[2]);
      for (let at = 0; at < bytes.length; ) {
        at += fs.readSync(file, bytes, at, bytes.length - at);
      }
      process.stdout.write(bytes);
    `;
    const length = String(Buffer.byteLength(large));
    const { stdout } = await sendFile(large, node(read, length), platform);
    expect(stdout === large).toBe(true);
  });

  it("send nothing to a command that reads nothing", async () => {
    const { stdout } = await sendFile(large, node("console.log(1)"), platform);
    expect(stdout).toBe("1\n");
  });

  const fail = (path: string) => {
    directory = dirname(path);
    return Promise.reject(new Error("stopped"));
  };

  it("are deleted if the command fails", async () => {
    await expect(receiveFile(fail, platform)).rejects.toThrow("stopped");
    expect(existsSync(directory)).toBe(false);
    await expect(sendFile("text", fail, platform)).rejects.toThrow("stopped");
  });

  it("are deleted if this process exits before the command has ended", async () => {
    const once = jest.spyOn(process, "once");
    const exit = (path: string) => {
      directory = dirname(path);
      for (const [event, listener] of once.mock.calls) if (event === "exit") listener();
      if (existsSync(directory)) throw new Error("not deleted");
      return fail(path);
    };
    await expect(receiveFile(exit, platform)).rejects.toThrow("stopped");
    once.mockRestore();
  });
});
