import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../../emulator";
import { toCommonJs } from "../../tools/compatibility/programs.mts";
import { type PackageRegistry, startPackageRegistry } from "../../tools/package-registry.mts";
import { runAsUser } from "../../tools/user-shell.mts";
import { documentExamples, read } from "../documentation/documents";
import { temporaryDirectory } from "../temporary-directory";
import { canary } from "./secrets";

const [install = ""] = read("README.md").split("## Install").slice(1);
const [withInit = "", up = "", byHand = ""] = [...install.matchAll(/```sh\n(.*?)```/gs)].map(
  ([, commands = ""]) => commands,
);
const [{ text: program } = { text: "" }] = documentExamples("README.md");

/** What the user enters instead of npm's commands. */
const managers: Record<string, (commands: string) => string> = {
  npm: (commands) => commands,
  pnpm: (commands) =>
    commands
      .replace("npx ", "pnpm dlx ")
      .replace("npm run", "pnpm run")
      .replace("npm init --yes", "pnpm init")
      .replaceAll(/npm install(?= )/g, "pnpm add")
      .replace(/npm install$/m, "pnpm install"),
};

/** How the user saves the README's program, and what changes in the commands. */
const kinds = {
  TypeScript: { file: "index.ts", program },
  "an ES module": { file: "index.mjs", program },
  JavaScript: {
    file: "index.js",
    program: toCommonJs(program),
  },
};

// Each test installs from nothing.
jest.setTimeout(240_000);

describe("the quick start of the README", () => {
  const directory = temporaryDirectory();
  const token = canary("token");
  let registry: PackageRegistry;
  let emulator: Emulator;

  beforeAll(async () => {
    registry = await startPackageRegistry();
  });
  afterAll(() => registry.close());
  beforeEach(async () => {
    emulator = await startEmulator({ clientId: "id", clientSecret: "secret" });
  });
  afterEach(() => emulator.close());

  const project = () => join(directory.path, "crm");

  async function run(commands: string): Promise<string> {
    const { code, output } = await runAsUser(commands, {
      directory: project(),
      home: directory.path,
      environment: { ...registry.environment, PULUMI_CONFIG_PASSPHRASE: canary("passphrase") },
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
    const withCredentials = up.replace(/^export VCC_CLIENT_ID.*\n.*$/m, exports);
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

  describe.each(Object.keys(managers))("with %s", (manager) => {
    const translate = managers[manager] as (commands: string) => string;

    beforeEach(() => mkdirSync(project()));

    it("registers what init creates, and then finds nothing to do", async () => {
      await expectRegistration(`${translate(withInit)}\n${translate("npm run check")}`);
    });

    it.each(Object.entries(kinds))(
      "registers the program as %s",
      async (_kind, { file, program }) => {
        const commands = translate(byHand).replace("index.ts", file);
        const isTypeScript = file.endsWith(".ts");
        writeFileSync(join(project(), file), program);
        await expectRegistration(
          isTypeScript ? commands : commands.replace(/^.*typescript.*$/m, ""),
        );
      },
    );
  });
});
