import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../../emulator";
import { install, packTarball } from "../../tools/installation.mts";
import { installationEnvironment } from "../../tools/package-managers/package-managers.mts";
import { runAsUser } from "../../tools/user-shell.mts";
import { documentExamples, read } from "../documentation/documents";
import { temporaryDirectory } from "../temporary-directory";
import { canary } from "./secrets";

const [section = ""] = read("README.md").split("## Install").slice(1);
const [withInit = "", up = "", byHand = ""] = [...section.matchAll(/```sh\n(.*?)```/gs)].map(
  ([, commands = ""]) => commands,
);
const [{ text: program } = { text: "" }] = documentExamples("README.md");

// Each test installs from nothing.
jest.setTimeout(240_000);

describe("the quick start of the README", () => {
  const directory = temporaryDirectory();
  const token = canary("token");
  const passphrase = canary("passphrase");
  let emulator: Emulator;
  let tarball: string;

  beforeEach(async () => {
    tarball = packTarball(directory.path);
    mkdirSync(project());
    emulator = await startEmulator({ clientId: "id", clientSecret: "secret" });
  });
  afterEach(() => emulator.close());

  const project = () => join(directory.path, "crm");

  async function run(commands: string): Promise<string> {
    const { code, output } = await runAsUser(commands, {
      directory: project(),
      home: directory.path,
      environment: installationEnvironment(directory.path),
      // `pulumi config set --secret` asks for it.
      input: token,
    });
    if (code !== 0) throw new Error(`exit code ${code}:\n${output}`);
    return output;
  }

  /** The second `up` follows in another shell. */
  async function expectRegistration(commands: string) {
    const exports = `
      export VCC_CLIENT_ID=id VCC_CLIENT_SECRET=secret
      export VCC_API_URL=${emulator.apiUrl} VCC_AUTH_URL=${emulator.authUrl}
    `;
    const withCredentials = up
      .replace("export PULUMI_CONFIG_PASSPHRASE=…", `export PULUMI_CONFIG_PASSPHRASE=${passphrase}`)
      .replace(/^export VCC_CLIENT_ID.*$/m, exports);
    expect(withCredentials).not.toContain("…");
    const output = await run(`${commands}\n${withCredentials}\npulumi up`);
    expect(output).toContain("+ 2 created");
    expect(output).toMatch(/2 unchanged[^+]*$/);
    // Node.js warns of what a program should not do.
    expect(output).not.toMatch(/\(node:\d+\)/);
    expect(output).not.toContain(token);
    expect(emulator.registrations()).toEqual([
      {
        provider: "CrmIntegration",
        endpoint: "https://crm.example.com/vcc",
        headers: { Authorization: `Bearer ${token}`, "X-Tenant": "acme" },
        agentactionspermitted: { release: 1, hold: 1, transferToAgent: 0, transferToRoute: 0 },
      },
    ]);
  }

  it("registers what init creates, and then finds nothing to do", async () => {
    const published = join(directory.path, "published");
    install(published, "tarball");
    const commands = withInit
      .replace("npx pulumi-vcc", `node ${published}/node_modules/.bin/pulumi-vcc`)
      .replace("npm install", `npm pkg set "dependencies.pulumi-vcc=${tarball}"\nnpm install`);
    await expectRegistration(`${commands}\nnpm run check`);
  });

  it("registers the program as it is", async () => {
    writeFileSync(join(project(), "index.ts"), program);
    await expectRegistration(byHand.replace("npm install pulumi-vcc", `npm install "${tarball}"`));
  });
});
