import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { secretFiles, secretsFolder } from "../../../cli/init/secrets";
import { temporaryDirectory } from "../../temporary-directory";

describe("the script that stores secrets", () => {
  const directory = temporaryDirectory();

  /** Runs the script with a Pulumi CLI that records its arguments and its input. */
  function run(
    secrets: Array<{ key: string; value: string }>,
    { exitCode = 0, args = [] as string[], environment = {} } = {},
  ) {
    const { path } = directory;
    const pulumi = join(path, "pulumi");
    writeFileSync(
      pulumi,
      `#!/bin/sh\nif [ "$1" = stack ]; then echo prod; exit; fi\necho "$@" >>calls\ncat >"value-$4"\nexit ${exitCode}\n`,
    );
    chmodSync(pulumi, 0o755);
    mkdirSync(join(path, secretsFolder));
    for (const file of secretFiles(secrets)) writeFileSync(join(path, file.path), file.content);
    return execFileSync("sh", [join(path, secretsFolder, "set.sh"), ...args], {
      env: { PATH: [path, process.env.PATH].join(delimiter), ...environment },
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
    expect(output).toBe(`Stored 2 secrets in the stack prod.\nDeleted ${secretsFolder}.\n`);
  });

  it("stays until every value is stored", () => {
    expect(() => run([{ key: "first", value: "a" }], { exitCode: 1 })).toThrow();
    expect(existsSync(join(directory.path, secretsFolder, "set.sh"))).toBe(true);
  });

  it("stays with --keep, for another stack", () => {
    const output = run([{ key: "first", value: "a" }], { args: ["--keep"] });
    expect(output).toBe("Stored 1 secret in the stack prod.\n");
    expect(existsSync(join(directory.path, secretsFolder, "set.sh"))).toBe(true);
  });

  it("takes variables from the environment, and names one that is not exported", () => {
    const secrets = [{ key: "first", value: "Basic 'a' \0TOKEN\0." }];
    expect(() => run(secrets)).toThrow("TOKEN: export it with the value that the requests have");
    rmSync(join(directory.path, secretsFolder), { recursive: true });
    run(secrets, { environment: { TOKEN: '$(exit 1)" b' } });
    expect(read("value-first")).toBe("Basic 'a' $(exit 1)\" b.");
  });

  describe("for a stack with a passphrase", () => {
    const secrets = [{ key: "first", value: "a" }];
    beforeEach(() => writeFileSync(join(directory.path, "Pulumi.prod.yaml"), "encryptionsalt: a"));

    it("stores nothing without it, and says what to export", () => {
      expect(() => run(secrets)).toThrow(
        "The stack prod has a passphrase: run export PULUMI_CONFIG_PASSPHRASE=…, and then this again.",
      );
      expect(existsSync(join(directory.path, "calls"))).toBe(false);
    });

    it.each(["PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"])(
      "accepts %s",
      (variable) => {
        expect(run(secrets, { environment: { [variable]: "" } })).toContain("Stored 1 secret");
      },
    );
  });

  it("exports what the environment should contain, in a script of its own", () => {
    const secrets = [
      { variable: "FIRST", value: 'it\'s "$(exit 1)" `exit 1` \\ 一' },
      { variable: "SECOND", value: "Basic \0TOKEN\0." },
    ];
    const files = secretFiles([...secrets, { key: "endpoint", value: "https://a/?key=b" }]);
    expect(files.map(({ path, mode }) => [path, mode])).toEqual([
      [`${secretsFolder}/.gitignore`, undefined],
      [`${secretsFolder}/set.sh`, 0o600],
      [`${secretsFolder}/export.sh`, 0o600],
    ]);
    const [, , exports] = files;
    const printed = execFileSync(
      "sh",
      ["-c", `${exports?.content}printf '%s\\n' "$FIRST" "$SECOND"`],
      {
        env: { ...process.env, TOKEN: "abc" },
        encoding: "utf8",
      },
    );
    expect(printed).toBe('it\'s "$(exit 1)" `exit 1` \\ 一\nBasic abc.\n');
    expect(() =>
      execFileSync("sh", ["-c", `${exports?.content}`], { env: {}, stdio: "pipe" }),
    ).toThrow("TOKEN: export it with the value that the requests have");
  });
});
