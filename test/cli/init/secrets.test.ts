import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { secretFiles, secretsFolder } from "../../../cli/init/secrets";
import { temporaryDirectory } from "../../temporary-directory";

describe("the script that stores secrets", () => {
  const directory = temporaryDirectory();

  /** Runs the script with a Pulumi CLI that records its arguments and its input. */
  function run(secrets: Array<{ key: string; value: string }>, exitCode = 0) {
    const { path } = directory;
    const pulumi = join(path, "pulumi");
    writeFileSync(pulumi, `#!/bin/sh\necho "$@" >>calls\ncat >"value-$4"\nexit ${exitCode}\n`);
    chmodSync(pulumi, 0o755);
    mkdirSync(join(path, secretsFolder));
    for (const file of secretFiles(secrets)) writeFileSync(join(path, file.path), file.content);
    return execFileSync("sh", [join(path, secretsFolder, "set.sh")], {
      env: { PATH: [path, process.env.PATH].join(delimiter) },
      encoding: "utf8",
      stdio: "pipe",
    });
  }
  const read = (name: string) => readFileSync(join(directory.path, name), "utf8");

  it("passes each value on standard input only, and then deletes itself", () => {
    const hostile = 'it\'s "$(exit 1)" `exit 1` %s \\n\n-e 一';
    const output = run([
      { key: "first", value: hostile },
      { key: "second", value: "-n" },
    ]);
    expect(read("calls")).toBe("config set --secret first\nconfig set --secret second\n");
    expect([read("value-first"), read("value-second")]).toEqual([hostile, "-n"]);
    expect(existsSync(join(directory.path, secretsFolder))).toBe(false);
    expect(output).toBe(`Stored 2 secrets, and deleted ${secretsFolder}.\n`);
  });

  it("stays until every value is stored", () => {
    expect(() => run([{ key: "first", value: "a" }], 1)).toThrow();
    expect(existsSync(join(directory.path, secretsFolder, "set.sh"))).toBe(true);
  });
});
