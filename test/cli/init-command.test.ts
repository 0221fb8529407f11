import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { Socket } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { parse } from "yaml";
import { temporaryDirectory } from "../temporary-directory";

const root = join(__dirname, "../..");

describe("pulumi-vcc init", () => {
  const directory = temporaryDirectory();
  const path = (name: string) => join(directory.path, name);
  const read = (name: string) => readFileSync(path(name), "utf8");
  const example = (name: string) => readFileSync(join(root, "examples", name), "utf8");

  function init(...args: string[]) {
    return runInit(directory.path, ...args);
  }

  function runInit(cwd: string, ...args: string[]) {
    return spawnSync(process.execPath, [join(root, "dist/cli/main.js"), "init", ...args], {
      cwd,
      encoding: "utf8",
    });
  }

  /** What it prints to be run, without the comments. */
  function commandsIn(stdout: string) {
    return [...stdout.matchAll(/^ {2}(\S.*?)(?: +#.*)?$/gm)].map(([, command]) => command);
  }

  function createRepository(url: string) {
    execFileSync("git", ["init", "--quiet"], { cwd: directory.path });
    execFileSync("git", ["remote", "add", "origin", url], { cwd: directory.path });
  }

  it("creates a project, and prints the next commands", () => {
    const { status, stdout, stderr } = init("--name", "crm", "--region", "nam");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(readdirSync(directory.path).sort()).toEqual([
      ...[".gitignore", "Pulumi.yaml", "index.ts", "package.json", "tsconfig.json"],
    ]);
    expect(read("index.ts")).toBe(example("quickstart.ts"));
    expect(parse(read("Pulumi.yaml"))).toEqual({
      name: "crm",
      description: "Registers providers at Vonage Contact Center (VCC)",
      runtime: { name: "nodejs", options: { typescript: false } },
      main: "index.ts",
      config: { "vcc:region": "nam" },
    });
    expect(commandsIn(stdout).filter((command) => !command?.startsWith("install"))).toEqual([
      "npm install",
      "pulumi login --local",
      "export PULUMI_CONFIG_PASSPHRASE=…",
      "pulumi stack init prod",
      "pulumi config set --secret callbackToken",
      "export VCC_CLIENT_ID=… VCC_CLIENT_SECRET=…",
      "pulumi up",
    ]);
  });

  it("depends on this version, and on what it was tested with", () => {
    init();
    const manifest = require("../../package.json");
    expect(JSON.parse(read("package.json"))).toMatchObject({
      engines: manifest.engines,
      dependencies: {
        "@pulumi/pulumi": manifest.peerDependencies["@pulumi/pulumi"],
        "pulumi-vcc": `^${manifest.version}`,
      },
      devDependencies: { typescript: manifest.devDependencies.typescript },
    });
  });

  it("names the project after the directory", () => {
    mkdirSync(path("My CRM, v2"));
    spawnSync(process.execPath, [join(root, "dist/cli/main.js"), "init"], {
      cwd: path("My CRM, v2"),
    });
    expect(parse(read("My CRM, v2/Pulumi.yaml")).name).toBe("My-CRM-v2");
  });

  it.each(["Pulumi.yaml", "Pulumi.yml", "Pulumi.json", "index.ts"])(
    "creates nothing if %s exists",
    (name) => {
      writeFileSync(path(name), "mine");
      const { status, stderr } = init("--ci", "gitlab");
      expect(status).toBe(1);
      expect(stderr).toBe(
        `error: ${name} exists, so nothing was created; use an empty directory, or run npm install pulumi-vcc in your project\n`,
      );
      expect(readdirSync(directory.path)).toEqual([name]);
      expect(read(name)).toBe("mine");
    },
  );

  it("keeps other files, and prints the commands that they miss", () => {
    writeFileSync(path("package.json"), "{}");
    const { stdout } = init();
    expect(read("package.json")).toBe("{}");
    expect(stdout).toContain("kept    package.json (it exists)");
    expect(commandsIn(stdout).filter((command) => command?.startsWith("npm "))).toEqual([
      "npm pkg set type=module",
      "npm pkg set scripts.check=tsc",
      "npm install @pulumi/pulumi pulumi-vcc",
      "npm install --save-dev @types/node typescript",
    ]);
  });

  it.each([
    ["", true],
    [process.env.PATH, spawnSync("pulumi", ["version"]).error !== undefined],
  ])("says to install the Pulumi CLI if it is missing, with the PATH %j", (PATH, isMissing) => {
    const { stdout } = spawnSync(process.execPath, [join(root, "dist/cli/main.js"), "init"], {
      cwd: directory.path,
      encoding: "utf8",
      env: { ...process.env, PATH },
    });
    expect(stdout.includes("https://www.pulumi.com/docs/install")).toBe(isMissing);
  });

  it.each([
    ["github", ".github/workflows/up.yml", "ci/github/up.yml"],
    ["github", ".github/actions/vcc-setup/action.yml", "ci/github/setup/action.yml"],
    ["gitlab", ".gitlab-ci.yml", "ci/gitlab-ci.yml"],
    ["gitlab", "ci/vcc.sh", "ci/vcc.sh"],
    ["gitlab", "ci/gitlab-comment.mjs", "ci/gitlab-comment.mjs"],
  ])("copies the CI jobs for %s: %s", (system, name, source) => {
    init("--ci", system);
    expect(read(name)).toBe(example(source));
    expect(statSync(path(name)).mode & 0o111).toBe(name.endsWith(".sh") ? 0o111 : 0);
  });

  it.each([
    ["github", ["drift", "repair", "review", "up"].map((name) => `.github/workflows/${name}.yml`)],
    ["gitlab", [".gitlab-ci.yml", "ci/vcc.sh"]],
  ])("for %s, says what the jobs need, and sets their stack and region", (system, files) => {
    const { stdout } = init("--ci", system, "--stack", "crm", "--region", "nam");
    const [, needs = ""] = stdout.split("examples/ci");
    const text = files.map(read).join("\n");
    const names = new Set(text.match(/\b(PULUMI|VCC)_(?!REGION)[A-Z_]+/g));
    expect(names.size).toBe(7);
    for (const name of names) expect(needs).toContain(name);
    expect(text).toContain("STACK: crm");
    expect(text).not.toContain("STACK: prod");
    expect(needs).toContain("the stack crm");
    expect(text).toContain("VCC_REGION: nam");
    expect(text).not.toContain("VCC_REGION: emea");
  });

  it.each([
    ["git@github.com:acme/vcc.git", ".github"],
    ["https://gitlab.acme.example/acme/vcc.git", ".gitlab-ci.yml"],
    ["https://token@www.github.acme.example:8443/acme/vcc.git", ".github"],
  ])("finds the CI system of %s", (url, file) => {
    createRepository(url);
    init();
    expect(readdirSync(directory.path)).toContain(file);
  });

  it("creates no CI jobs for a repository that only mentions another host", () => {
    createRepository("https://bitbucket.org/acme/acme.github.io.git");
    init();
    expect(readdirSync(directory.path)).not.toContain(".github");
  });

  it("creates all files or none", () => {
    writeFileSync(path(".github"), "");
    writeFileSync(path("body.json"), '{"provider": "Crm", "headers": {"X-Key": "a"}}');
    const { status, stdout, stderr } = init("--ci", "github", "--from", "body.json");
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(
      /^error: \.github\/workflows\/\w+\.yml cannot be created \(\w+\); nothing was created$/m,
    );
    expect(readdirSync(directory.path)).toEqual([".github", "body.json"]);
  });

  it("keeps a link, even to a file that does not exist", () => {
    symlinkSync("nowhere", path("index.ts"));
    const { status, stderr } = init();
    expect(status).toBe(1);
    expect(stderr).toContain("index.ts exists, so nothing was created");
    expect(readdirSync(directory.path)).toEqual(["index.ts"]);
  });

  it("creates no CI jobs below the root of a repository, where none would run", () => {
    createRepository("git@github.com:acme/vcc.git");
    mkdirSync(path("infra/vcc"), { recursive: true });
    const initBelow = (...args: string[]) => runInit(path("infra/vcc"), ...args);

    const refused = initBelow("--ci", "github");
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain("CI jobs belong in ../../, the root of the repository");
    expect(readdirSync(path("infra/vcc"))).toEqual([]);

    const { status, stdout } = initBelow();
    expect(status).toBe(0);
    expect(stdout).toContain(
      "No CI jobs were created: they belong in ../../, the root of the repository",
    );
    expect(readdirSync(path("infra/vcc"))).not.toContain(".github");
  });

  it("says that the CI jobs have a region, unless it was given", () => {
    expect(init("--ci", "github").stdout).toContain("VCC_REGION in the jobs is emea");
  });

  it("moves header values from bodies into a script that only the user can read", () => {
    writeFileSync(
      path("body.json"),
      JSON.stringify({ provider: "Crm", headers: { "X-Key": "the-value" } }),
    );
    const { stdout } = init("--from", "body.json");
    expect(stdout).toContain("\n  sh vcc-secrets/set.sh ");
    expect(stdout).toContain(
      "Then stop registering with body.json: each run overwrites what pulumi-vcc\n" +
        "registered. Delete body.json: it still contains the values.\n",
    );
    expect(read("vcc-secrets/set.sh")).toContain("printf %s the-value | pulumi config set");
    expect(statSync(path("vcc-secrets/set.sh")).mode & 0o777).toBe(0o600);
    expect(read("vcc-secrets/.gitignore")).toBe("*\n");
    const others = ["Pulumi.yaml", "index.ts", "package.json", "tsconfig.json", ".gitignore"];
    expect([stdout, ...others.map(read)].join("\n")).not.toContain("the-value");
    expect(read("index.ts")).toContain('config.requireSecret("crmXKey")');
  });

  it("adopts what is live, instead of registering it again, with --adopt", () => {
    writeFileSync(path("my body.json"), JSON.stringify({ provider: "Crm" }));
    const { stdout } = init("--from", "my body.json", "--adopt");
    expect(commandsIn(stdout).slice(-2)).toEqual([
      "npx pulumi-vcc adopt --from 'my body.json'",
      "pulumi up",
    ]);
  });

  it.each([[[]], [["--from", "-"]]])("creates nothing with --adopt and %j", (args) => {
    const { status, stderr } = init("--adopt", ...args);
    expect([status, readdirSync(directory.path)]).toEqual([1, []]);
    expect(stderr).toContain("error: --adopt needs --from with a file or a folder");
  });

  it("reads a script on standard input, and says which variables to export", () => {
    const { status, stdout } = spawnSync(
      process.execPath,
      [join(root, "dist/cli/main.js"), "init", "--from", "-"],
      {
        cwd: directory.path,
        encoding: "utf8",
        input: `curl https://a/Register -d '{"provider": "Crm", "headers": {"X-Key": "'$CRM_KEY'"}}'`,
      },
    );
    expect(status).toBe(0);
    expect(commandsIn(stdout)).toEqual(
      expect.arrayContaining(["export CRM_KEY=…", "sh vcc-secrets/set.sh"]),
    );
    expect(stdout).toContain(
      "Then stop registering with standard input: each run overwrites what pulumi-vcc\nregistered.\n",
    );
    expect(read("vcc-secrets/set.sh")).toContain(
      'printf %s "$CRM_KEY" | pulumi config set --secret crmXKey',
    );
  });

  it("has header values in the environment with --secrets environment, also in CI jobs", () => {
    writeFileSync(
      path("body.json"),
      JSON.stringify({ provider: "Crm", headers: { "X-Key": "the-value" } }),
    );
    const { stdout } = init(
      ...["--from", "body.json", "--secrets", "environment", "--ci", "github"],
    );
    expect(commandsIn(stdout)).toContain(". vcc-secrets/export.sh");
    expect(stdout).toContain("  secret CRM_X_KEY ");
    expect(stdout).not.toContain("the-value");
    expect(read("index.ts")).toContain('"X-Key": fromEnvironment("CRM_X_KEY")');
    expect(read("vcc-secrets/export.sh")).toContain("export CRM_X_KEY=the-value\n");
    const workflow = read(".github/workflows/up.yml");
    const steps = workflow.split("- name: ").filter((step) => /run: .*pulumi/.test(step));
    expect(steps.map((step) => step.split("\n")[0])).toContain("Verify");
    for (const step of steps) expect(step).toMatch(/ CRM_X_KEY: \$\{\{ secrets\.CRM_X_KEY \}\}\n/);

    expect(init("--secrets", "environment").stderr).toBe("error: --secrets needs --from\n");
  });

  it("creates the stack that --stack names", () => {
    expect(commandsIn(init("--stack", "emea-prod").stdout)).toContain(
      "pulumi stack init emea-prod",
    );
  });

  it("generates one program from several paths, and says what it found", () => {
    const curl = (json: string) =>
      `curl https://nam.api.newvoicemedia.com/interactions/Register -d '${json}'\n`;
    writeFileSync(path("b.sh"), curl(`{"provider": "B", "headers": {"X-Key": "'$B'"}}`));
    writeFileSync(path("a.json"), '{"provider": "A", "headers": {"X-Key": "the-value"}}');
    const { stdout, stderr } = init("--from", "b.sh", "--from", "a.json");
    expect(stderr).toBe("");
    expect(stdout).toMatch(
      /^found {3}2 registrations: "B", "A"\nfound {3}the region nam in the URLs\ncreated /,
    );
    expect(stdout).toContain(
      "Then stop registering with b.sh, a.json: each run overwrites what pulumi-vcc\n" +
        "registered. Delete a.json: it still contains the values.\n",
    );
    expect(parse(read("Pulumi.yaml")).config).toEqual({ "vcc:region": "nam" });
  });

  it.each([
    [["--from", "nam.sh", "--region", "emea"], "--region is emea, but the URLs name nam"],
    [["--from", "nam.sh", "--from", "apac.sh"], "the URLs name several regions (nam, apac)"],
  ])("creates nothing with %j", (args, message) => {
    for (const region of ["nam", "apac"]) {
      const url = `https://${region}.api.newvoicemedia.com/interactions/Register`;
      writeFileSync(path(`${region}.sh`), `curl ${url} -d '{"provider": "${region}"}'`);
    }
    const { status, stderr } = init(...args);
    expect(status).toBe(1);
    expect(stderr).toContain(message);
    expect(readdirSync(directory.path)).toEqual(["apac.sh", "nam.sh"]);
  });

  it("waits for a pipe that does not block", async () => {
    const pipe = path("pipe");
    execFileSync("mkfifo", [pipe]);
    const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
    const writer = new Socket({
      fd: openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK),
      readable: false,
    });
    // The shell keeps the mode of the pipe, which Node.js would change.
    const command = `exec "${process.execPath}" "${join(root, "dist/cli/main.js")}" init --from - <&3`;
    const child = spawn("sh", ["-c", command], {
      cwd: directory.path,
      stdio: ["ignore", "pipe", "pipe", reader],
    });
    closeSync(reader);
    // If the command ends early, its output says why.
    writer.on("error", () => {});
    if (child.stdout === null || child.stderr === null) throw new Error("no pipes");
    const outputs = Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
    // Each is more than the pipe holds: once it is written, the command has to wait for the next.
    for (let part = 0; part < 12; part++) {
      await new Promise((resolve) => writer.write(" ".repeat(70_000), resolve));
    }
    writer.end('{"provider": "Crm"}');
    const [stdout, stderr] = await outputs;
    rmSync(pipe);
    expect(stderr).toBe("");
    expect(stdout).toContain('found   1 registration: "Crm"\n');
  });

  it.each([
    ["a project", []],
    ["a project with CI jobs", ["--ci", "github"]],
    ["a generated program", ["--from", "body.json", "--ci", "gitlab", "--secrets", "environment"]],
  ])("prints at most 80 columns for %s", (_case, args) => {
    writeFileSync(path("body.json"), '{"provider": "Crm", "headers": {"X-Key": "the-value"}}');
    writeFileSync(path("package.json"), "{}");
    writeFileSync(path(".gitignore"), "");
    const { stdout } = init(...args);
    expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(stdout).toContain(
      "Add node_modules/ and vcc-secrets/ to .gitignore, unless it has them.\n",
    );
  });

  it("says what to delete to start over", () => {
    init();
    expect(init().stderr).toBe(
      "error: Pulumi.yaml exists, so nothing was created; use an empty directory, or run npm install pulumi-vcc " +
        "in your project. To start over, delete Pulumi.yaml, index.ts, package.json, tsconfig.json, .gitignore\n",
    );
  });

  it("creates nothing from an invalid body", () => {
    writeFileSync(path("body.json"), "{");
    const { status, stderr } = init("--from", "body.json");
    expect(status).toBe(1);
    expect(stderr).toMatch(/^error: body.json cannot be read: it is not valid JSON or YAML/);
    expect(readdirSync(directory.path)).toEqual(["body.json"]);
  });
});
