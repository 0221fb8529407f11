import { CommanderError } from "commander";
import { inventoryCommand } from "../../cli/inventory-command";

describe("pulumi-vcc inventory --format import", () => {
  const terminal = Object.getOwnPropertyDescriptor(process.stdout, "isTTY");
  const setTerminal = (value: boolean) =>
    Object.defineProperty(process.stdout, "isTTY", { value, configurable: true });
  afterEach(() => {
    if (terminal === undefined) Reflect.deleteProperty(process.stdout, "isTTY");
    else Object.defineProperty(process.stdout, "isTTY", terminal);
    for (const name of ["SIGTERM", "SIGINT", "SIGHUP"]) process.removeAllListeners(name);
  });

  async function errorOf(...args: string[]): Promise<string> {
    let error = "";
    const writeErr = (text: string) => {
      error += text;
    };
    const command = inventoryCommand().exitOverride().configureOutput({ writeErr });
    await expect(
      command.parseAsync(["--format", "import", ...args], { from: "user" }),
    ).rejects.toThrow(CommanderError);
    return error;
  }

  it("prints no secrets on a terminal", async () => {
    setTerminal(true);
    expect(await errorOf()).toContain("error: --format import contains secrets in plain text");
  });

  it("is for one stack", async () => {
    setTerminal(false);
    expect(await errorOf("--stack", "a", "--stack", "b")).toContain(
      "error: --format import is for one stack; choose it with --stack",
    );
  });
});
