import { spawnSync } from "node:child_process";
import { join } from "node:path";

describe("npm run bench:receiver", () => {
  it("loses nothing and handles nothing twice, in memory and in a Redis store across a kill", () => {
    const root = join(__dirname, "../..");
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      ["bench/receiver/main.mts", "--seconds", "2", "--at-least", "1"],
      { cwd: root, encoding: "utf8" },
    );
    expect([stderr, status]).toEqual(["", 0]);
    expect(stdout.match(/\n {2}yes 0 of \d+ lost\n {2}yes 0 of \d+ handled twice\n/g)).toHaveLength(
      2,
    );
    expect(stdout).toMatch(/^in memory: \d{2,} notifications .*\n {2}yes /m);
    expect(stdout).toMatch(/^with Redis, killed and restarted: \d{2,} notifications .*\n {2}yes /m);
  });
});
