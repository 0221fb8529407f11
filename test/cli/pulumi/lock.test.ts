import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { lockHolder } from "../../../cli/pulumi/lock";
import { temporaryDirectory } from "../../temporary-directory";

describe("lock", () => {
  const directory = temporaryDirectory();
  const stack = "organization/project/dev";
  const lock = { username: "me", hostname: "host", pid: 12, timestamp: "2026-11-22T12:00:00Z" };

  function writeLock(root: string) {
    const locks = join(root, ".pulumi/locks", stack);
    mkdirSync(locks, { recursive: true });
    writeFileSync(join(locks, "1.json"), JSON.stringify(lock));
  }

  it.each([
    ["an absolute path", () => `file://${directory.path}`],
    ["a path with options", () => `file://${directory.path}?no_tmp_dir=true`],
    ["a path relative to the CLI's directory", () => "file://./"],
  ])("is found in a backend at %s", async (_case, backend) => {
    expect(await lockHolder(backend(), stack, directory.path)).toBeUndefined();
    writeLock(directory.path);
    expect(await lockHolder(backend(), stack, directory.path)).toBe(
      "me@host (pid 12) since 2026-11-22T12:00:00Z",
    );
  });

  it("is found on a drive of Windows", async () => {
    writeLock(join(directory.path, "C:/state"));
    const find = (platform: NodeJS.Platform) =>
      lockHolder("file:///C:/state", stack, directory.path, platform);
    expect(await find("win32")).toContain("me@host");
    expect(await find("linux")).toBeUndefined();
  });

  it("is found in the home directory", async () => {
    const home = jest.spyOn(os, "homedir").mockReturnValue(directory.path);
    writeLock(join(directory.path, "backend"));
    expect(await lockHolder("file://~/backend", stack, "/")).toContain("me@host");
    home.mockRestore();
  });

  it("is not visible in other backends, nor after its release", async () => {
    expect(await lockHolder("https://api.pulumi.com", stack, directory.path)).toBeUndefined();
    writeLock(directory.path);
    rmSync(join(directory.path, ".pulumi/locks", stack, "1.json"));
    expect(await lockHolder(`file://${directory.path}`, stack, "/")).toBeUndefined();
  });

  it("is found in an encoded URL, and if its file is unreadable", async () => {
    const root = join(directory.path, "100% ours");
    writeLock(root);
    const backend = `file://${encodeURI(root)}`;
    expect(await lockHolder(backend, stack, "/")).toContain("me@host");
    writeFileSync(join(root, ".pulumi/locks", stack, "1.json"), "");
    expect(await lockHolder(backend, stack, "/")).toBe("an unknown user (1.json)");
  });
});
