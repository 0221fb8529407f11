import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../../emulator";
import { clientOf, settings } from "../client";

let folder: string;
let stateFile: string;
const started: Emulator[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vcc-state-"));
  stateFile = join(folder, "state.json");
});
afterEach(async () => {
  for (const emulator of started.splice(0)) await emulator.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(options: EmulatorOptions = {}) {
  const emulator = await startEmulator({ stateFile, ...options });
  started.push(emulator);
  return { emulator, ...clientOf(emulator) };
}

describe("stateFile", () => {
  it("keeps registrations and their order across restarts", async () => {
    const first = await start({ behavior: { agentActions: "optional" } });
    for (const provider of ["b", "a", "b"]) await first.register({ ...settings, provider });
    await first.register({ provider: "c" });
    const registrations = first.emulator.registrations();
    await first.emulator.close();
    const { emulator } = await start();
    expect(emulator.registrations()).toEqual(registrations);
    expect(registrations.map(({ provider }) => provider)).toEqual(["b", "a", "c"]);
  });

  it("becomes readable by its owner only, and leaves no other file", async () => {
    writeFileSync(stateFile, '{"format":"pulumi-vcc emulator 1","registrations":[]}');
    chmodSync(stateFile, 0o644);
    const { register } = await start();
    expect(statSync(stateFile).mode & 0o777).toBe(0o600);
    await register();
    expect(statSync(stateFile).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(["state.json"]);
  });

  it("contains each acknowledged registration, and no token", async () => {
    const { register } = await start();
    await register();
    const text = readFileSync(stateFile, "utf8");
    expect(JSON.parse(text).registrations).toEqual([settings]);
    expect(text).not.toContain("emulator-token");
  });

  it("is cleared by a reset", async () => {
    const { emulator, register } = await start();
    await register();
    emulator.reset();
    expect((await start()).emulator.registrations()).toEqual([]);
  });

  it.each([
    ["is not JSON", "{canary"],
    ["is other JSON", '{"canary":1}'],
    ["contains null", "null"],
    ["is of another version", '{"format":"pulumi-vcc emulator 2","registrations":[]}'],
    [
      "contains a name twice",
      `{"format":"pulumi-vcc emulator 1","registrations":[${Array(2).fill('{"provider":"canary","agentactionspermitted":{}}')}]}`,
    ],
    [
      "contains an invalid registration",
      '{"format":"pulumi-vcc emulator 1","registrations":[{"canary":1}]}',
    ],
  ])("is rejected and not changed if it %s", async (_case, text) => {
    writeFileSync(stateFile, text);
    const error = await startEmulator({ stateFile }).catch((error) => error);
    expect(error.message).toMatch(
      /state\.json is not a state file of the emulator; choose another file/,
    );
    expect(error.message).not.toContain("canary");
    expect(readFileSync(stateFile, "utf8")).toBe(text);
  });

  it("is rejected at the start if it cannot be read or written", async () => {
    await expect(startEmulator({ stateFile: folder })).rejects.toThrow(
      `the state file ${folder} cannot be read (EISDIR)`,
    );
    const inMissingFolder = join(folder, "none", "state.json");
    await expect(startEmulator({ stateFile: inMissingFolder })).rejects.toThrow(
      `the state file ${inMissingFolder} cannot be written (ENOENT)`,
    );
  });

  it("makes a Register fail if it cannot be stored", async () => {
    const { emulator, register } = await start();
    rmSync(folder, { recursive: true });
    expect(await register()).toMatchObject({
      status: 500,
      text: expect.stringContaining("cannot be written"),
    });
    expect(emulator.registrations()).toEqual([]);
    expect(emulator.requests().at(-1)).not.toHaveProperty("provider");
  });
});
