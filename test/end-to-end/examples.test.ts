import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { startEmulator } from "../../emulator";
import { environmentOf, sceneWith } from "./project";

describe("pulumi", () => {
  const scene = sceneWith("tarball");

  it("registers exactly the documented examples, as settings and as arguments", async () => {
    const { emulator, project, credentials } = scene;
    const client = { clientId: "typed", clientSecret: "secret" };
    const typed = await startEmulator(client);
    const { apiUrl, authUrl } = typed;
    project.setEnvironment({
      ...environmentOf(emulator, credentials),
      VCC_ACCOUNTS: JSON.stringify({ typed: { ...client, apiUrl, authUrl } }),
    });
    const { stack } = project;
    const [withEndpoint, withoutEndpoint] = documentedExamples();
    const program = (body: string, args: string) => `
      import { VccProvider } from "pulumi-vcc";
      VccProvider.fromSettings("settings", ${body});
      new VccProvider("arguments", { account: "typed", ...${args} });
    `;
    const allowed = "{ release: true, hold: true, transferToAgent: true, transferToRoute: true }";
    try {
      project.write(
        program(
          withEndpoint,
          `{
            provider: "TestProviderName",
            endpoint: "https://endpoint.example.com/routingendpoint",
            headers: { "x-header1": "value1", "x-header2": "value2" },
            agentActionsPermitted: ${allowed},
          }`,
        ),
      );
      await stack.up();
      for (const { registrations } of [emulator, typed]) {
        expect(registrations().map(sortedJson)).toEqual([sortedJson(JSON.parse(withEndpoint))]);
      }

      project.write(
        program(
          withoutEndpoint,
          `{ provider: "TestProviderName", agentActionsPermitted: ${allowed} }`,
        ),
      );
      const { summary } = await stack.up();
      expect(summary.resourceChanges).toMatchObject({ update: 2 });
      for (const { registrations } of [emulator, typed]) {
        expect(registrations().map(sortedJson)).toEqual([sortedJson(JSON.parse(withoutEndpoint))]);
      }
    } finally {
      await typed.close();
    }
  });
});

describe("npm run demo", () => {
  it("registers, changes nothing, names a rotated header, and leaves nothing behind", async () => {
    const root = join(__dirname, "../..");
    const { stdout } = await promisify(execFile)(process.execPath, ["tools/demo.mts"], {
      cwd: root,
    });
    const shown = stdout.indexOf("What VCC now holds");
    expect(shown).toBeGreaterThan(stdout.indexOf("+ 2 created"));
    expect(stdout.slice(shown)).toContain('"Authorization": "••••••"');
    expect(stdout).toMatch(/2 unchanged.*~ Authorization: "[0-9a-f]{12}" => "[0-9a-f]{12}"/s);
    expect(stdout).not.toMatch(/Bearer|=> ".*secret"/);
    expect(stdout.trimEnd()).toMatch(/the Pulumi CLI used here$/);
    expect(existsSync(join(root, "Pulumi.pulumi-vcc-demo.yaml"))).toBe(false);
  });
});

/** The two request bodies from the API's documentation, verbatim. */
function documentedExamples(): [string, string] {
  const page = readFileSync(join(__dirname, "register-requests.txt"), "utf8");
  const [withEndpoint = "", withoutEndpoint = ""] = page.match(/^\{$.*?^\}$/gms) ?? [];
  return [withEndpoint, withoutEndpoint];
}

function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner) =>
    typeof inner === "object" && inner !== null
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
