import { writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { CommanderError } from "commander";
import { adoptCommand } from "../../cli/adopt-command";
import { confirm } from "../../cli/output";
import type { DeclaredResource } from "../../cli/pulumi/declared";
import type { ImportFile } from "../../cli/pulumi/import-file";
import { formsOf } from "../end-to-end/secrets";
import { temporaryDirectory } from "../temporary-directory";
import { declaredRegistration, liveBody, readImportFile, settings } from "./adopt/declarations";

jest.mock("../../cli/output", () => ({
  ...jest.requireActual("../../cli/output"),
  confirm: jest.fn(),
}));

describe("pulumi-vcc adopt", () => {
  const directory = temporaryDirectory();
  const before = { directory: process.cwd(), environment: process.env };
  beforeEach(() => {
    process.chdir(directory.path);
    process.env = { PATH: before.environment.PATH, ...settings };
    writeFileSync("Pulumi.yaml", "name: project\nruntime: nodejs\n");
    writeFileSync("Pulumi.dev.yaml", "encryptionsalt: v1:salt\n");
    writeFileSync("live.json", JSON.stringify(liveBody));
  });
  afterEach(() => {
    process.chdir(before.directory);
    process.env = before.environment;
  });

  let imported: ImportFile | undefined;

  /** The CLI, with a program that declares this. */
  const cliWith =
    (declared: DeclaredResource[], version = "3.254.0") =>
    () =>
    async (args: string[]) => {
      const ended = (stdout: object) => ({
        failed: false,
        stdout: JSON.stringify(stdout),
        stderr: "",
      });
      switch (args[0]) {
        case "about":
          return ended({
            cliAbout: { version },
            backend: { url: "https://app.pulumi.com/me" },
            currentStack: { fullyQualifiedName: "acme/project/dev" },
          });
        case "preview":
          await writeFile(args[args.indexOf("--save-plan") + 1] ?? "", planOf(declared));
          return ended({});
        case "stack":
          return ended({ deployment: {} });
        case "import":
          imported = await readImportFile(args[2] ?? "");
          return ended({});
        default:
          return ended({});
      }
    };

  async function adopt(cli: ReturnType<typeof cliWith>, ...args: string[]) {
    imported = undefined;
    const output = { stdout: "", stderr: "" };
    const spies = [
      jest.spyOn(console, "log").mockImplementation((line) => {
        output.stdout += `${line}\n`;
      }),
      jest.spyOn(console, "error").mockImplementation((line) => {
        output.stderr += `${line}\n`;
      }),
    ];
    const writeErr = (text: string) => {
      output.stderr += text;
    };
    const { exitCode } = process;
    let code = 0;
    try {
      const command = adoptCommand(cli).exitOverride().configureOutput({ writeErr });
      await command.parseAsync(args, { from: "user" });
      code = Number(process.exitCode ?? 0);
    } catch (error) {
      if (!(error instanceof CommanderError)) throw error;
      code = error.exitCode;
    } finally {
      process.exitCode = exitCode;
      for (const spy of spies) spy.mockRestore();
      for (const name of ["SIGTERM", "SIGINT", "SIGHUP"]) process.removeAllListeners(name);
    }
    for (const secret of ["canary", settings.VCC_CLIENT_SECRET].flatMap(formsOf)) {
      expect(JSON.stringify(output).includes(secret)).toBe(false);
    }
    return { code, ...output };
  }

  it("lists what it takes, imports it, and says what is next", async () => {
    const named = declaredRegistration({ name: "b", inputs: { provider: "B", account: "acme" } });
    process.env.VCC_ACCOUNTS = JSON.stringify({ acme: { clientId: "b", clientSecret: "secret" } });
    const { code, stdout, stderr } = await adopt(cliWith([declaredRegistration(), named]), "--yes");
    expect(code).toBe(0);
    expect(stderr.split("\n")).toEqual([
      "To be adopted into project/dev:",
      "",
      "REGION  NAME   ACCOUNT  RESOURCE",
      'emea    "Crm"           crm',
      'emea    "B"    acme     b',
      "",
      "The state will say that VCC holds them as the program declares them.",
      "VCC cannot be asked. To compare them with the bodies that were registered, use --from.",
      "",
    ]);
    expect(stdout).toContain(
      "Adopted into project/dev. Nothing was sent to VCC.\nNext: run pulumi preview,",
    );
    expect(imported?.resources.map(({ logicalName, id }) => [logicalName, id])).toEqual([
      ["crm", "emea/Crm"],
      ["b", "emea/B"],
    ]);
  });

  it("adopts what equals the live bodies", async () => {
    const { code, stderr } = await adopt(
      cliWith([declaredRegistration()]),
      ...["--yes", "--from", "live.json"],
    );
    expect([code, imported?.resources.length]).toEqual([0, 1]);
    expect(stderr).not.toContain("--from");
  });

  it("imports nothing if a declaration differs from the live bodies", async () => {
    const other = { ...liveBody, headers: { Authorization: "Bearer canary-2" }, provider: "Crm" };
    writeFileSync("live.json", JSON.stringify([other, { ...liveBody, provider: "Other" }]));
    const cli = cliWith([declaredRegistration()]);
    const { code, stderr } = await adopt(cli, "--yes", "--from", "live.json");
    expect([code, imported]).toEqual([1, undefined]);
    expect(stderr).toContain('warning: live.json also contains what is not adopted: "Other"');
    expect(stderr).toContain(
      'error: nothing was adopted: declarations differ from live.json\n  "Crm" (crm): headers["Authorization"] differs, headers["X-Tenant"] is declared, but not live\n',
    );
  });

  it("imports nothing if there is nothing to adopt", async () => {
    const same = declaredRegistration({ operation: "same" });
    const { code, stdout } = await adopt(cliWith([same]), "--yes");
    expect([code, imported]).toEqual([0, undefined]);
    expect(stdout).toBe(
      "Nothing to adopt: the state of project/dev has all that the program declares, so nothing was compared.\n",
    );
  });

  it("imports nothing that check refuses", async () => {
    const invalid = declaredRegistration({ inputs: { provider: " Crm" } });
    const { code, stderr } = await adopt(cliWith([invalid]), "--yes");
    expect([code, imported]).toEqual([1, undefined]);
    expect(stderr).toContain('error: "crm": provider: the name begins or ends with whitespace');
  });

  describe("without --yes", () => {
    const terminal = Object.getOwnPropertyDescriptor(process.stdin, "isTTY");
    const setTerminal = (value: boolean) =>
      Object.defineProperty(process.stdin, "isTTY", { value, configurable: true });
    afterEach(() => {
      if (terminal === undefined) Reflect.deleteProperty(process.stdin, "isTTY");
      else Object.defineProperty(process.stdin, "isTTY", terminal);
    });

    it.each([
      [true, 0],
      [false, 1],
    ])("asks on a terminal, and does what the answer says: %s", async (answer, expected) => {
      setTerminal(true);
      jest.mocked(confirm).mockResolvedValue(answer);
      const { code } = await adopt(cliWith([declaredRegistration()]));
      expect([code, imported !== undefined]).toEqual([expected, answer]);
    });

    it("refuses without a terminal", async () => {
      setTerminal(false);
      const { code, stderr } = await adopt(cliWith([declaredRegistration()]));
      expect([code, imported]).toEqual([1, undefined]);
      expect(stderr).toContain("adopt asks on a terminal; add --yes to adopt without asking");
    });
  });

  it("needs a CLI that imports what a file contains", async () => {
    const cli = cliWith([declaredRegistration()], "3.253.0");
    const { code, stderr } = await adopt(cli, "--yes");
    expect([code, imported]).toEqual([1, undefined]);
    expect(stderr).toContain(
      "error: the pulumi on the PATH is version 3.253.0; install 3.254 or newer",
    );
  });
});

function planOf(declared: DeclaredResource[]): string {
  const plans = declared.map(({ urn, operation, inputs, ...goal }) => [
    urn,
    { goal: { ...goal, inputDiff: { adds: inputs } }, steps: [operation] },
  ]);
  return JSON.stringify({ resourcePlans: Object.fromEntries(plans) });
}
