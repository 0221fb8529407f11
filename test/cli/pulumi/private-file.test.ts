import { execFile } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { receiveFile, sendFile } from "../../../cli/pulumi/private-file";
import { temporaryDirectory } from "../../temporary-directory";

const run = promisify(execFile);
/** More than a pipe holds. */
const large = JSON.stringify({ text: "é".repeat(200_000) });

describe.each(["named pipes", "files"])("private files, as %s,", (kind) => {
  const platform = kind === "files" ? "win32" : process.platform;
  const { TMPDIR } = process.env;
  // Before the directory is removed.
  afterEach(() => {
    process.env.TMPDIR = TMPDIR;
    expect(readdirSync(directory.path)).toEqual([]);
  });
  const directory = temporaryDirectory();
  beforeEach(() => {
    process.env.TMPDIR = directory.path;
  });

  /** As Go's `os.Create` and `os.Open` do. */
  const write = "const f = fs.openSync(process.argv[1], 'w+'); fs.writeSync(f, process.argv[2]);";
  const node = (code: string, ...args: string[]) =>
    run(process.execPath, ["-e", code, ...args], { maxBuffer: 10 ** 7 });

  it("receive what a command writes", async () => {
    const { result, text } = await receiveFile((path) => {
      expect(statSync(path).isFIFO()).toBe(kind === "named pipes");
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
      return node(`${write} console.log("done")`, path, "written");
    }, platform);
    expect([result.stdout, text]).toEqual(["done\n", "written"]);
  });

  it("receive nothing from a command that writes nothing", async () => {
    expect((await receiveFile(() => node(""), platform)).text).toBe("");
  });

  it("send a text to a command that reads it", async () => {
    const read = `
      const f = fs.openSync(process.argv[1], "r");
      const bytes = Buffer.alloc(+process.argv[2]);
      for (let at = 0; at < bytes.length; ) {
        at += fs.readSync(f, bytes, at, bytes.length - at);
      }
      process.stdout.write(bytes);
    `;
    const { stdout } = await sendFile(
      large,
      (path) => {
        expect(statSync(path).mode & 0o777).toBe(0o600);
        return node(read, path, String(Buffer.byteLength(large)));
      },
      platform,
    );
    expect(stdout === large).toBe(true);
  });

  it("send nothing to a command that reads nothing", async () => {
    expect((await sendFile(large, () => node("console.log(1)"), platform)).stdout).toBe("1\n");
  });

  it("are deleted if the command fails", async () => {
    const fail = () => Promise.reject(new Error("stopped"));
    await expect(receiveFile(fail, platform)).rejects.toThrow("stopped");
    await expect(sendFile("text", fail, platform)).rejects.toThrow("stopped");
  });
});
