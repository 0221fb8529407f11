import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isIgnored } from "../../cli/stacks/environment";
import { drift, runWithoutCredentials } from "../end-to-end/drift-reports";
import { sceneWith } from "../end-to-end/project";
import { kept, undocumented } from "../end-to-end/pulumi-variables";
import { parseReport } from "../report-formats";

const program = `import * as pulumi from "@pulumi/pulumi";
import { VccProvider } from "pulumi-vcc";
const endpoint = new pulumi.Config().require("endpoint");
for (const name of ["A", "B", "C"]) {
  new VccProvider(name, { provider: name, endpoint, agentActionsPermitted: {} });
}`;

describe("the environment of pulumi-vcc drift", () => {
  const scene = sceneWith("tarball");

  it("turns no difference green, whatever the CLI reads from it", async () => {
    const { stack, directory, write } = scene.project;
    write(program);
    await stack.setConfig("endpoint", { value: "https://old.example.com" });
    await stack.up();
    await stack.setConfig("endpoint", { value: "https://new.example.com" });
    const file = join(directory, "Pulumi.dev.yaml");
    const before = readFileSync(file, "utf8");

    const { stdout } = await runWithoutCredentials(scene, "pulumi", ["about", "env"]);
    const documented = new Set(stdout.match(/^PULUMI_\w+/gm));
    expect(documented.size).toBeGreaterThan(100);
    const isKept = (name: string) => Object.hasOwn(kept, name);
    expect([...documented].filter((name) => !isIgnored(name) && !isKept(name))).toEqual([]);
    expect(Object.keys(kept).filter((name) => isIgnored(name))).toEqual([]);

    const effective = Object.entries(kept).filter(([, value]) => value !== undefined);
    const ignored = [...documented, ...undocumented].filter((name) => isIgnored(name));
    const { code, stdout: report } = await drift(scene, ["--format", "json"], {
      ...Object.fromEntries(ignored.map((name) => [name, "true"])),
      PULUMI_OPTION_TARGET: "urn:pulumi:dev::project::x::y",
      PULUMI_OPTION_EXCLUDE: "**",
      PULUMI_OPTION_CONFIG_FILE: "/dev/null",
      PULUMI_OPTION_CONFIG: "endpoint=https://old.example.com",
      PULUMI_OPTION_CWD: "/",
      PULUMI_OPTION_STACK: "other",
      ...Object.fromEntries(effective),
    });
    const { stacks, warnings } = parseReport(report);
    expect(stacks[0]?.error).toBeNull();
    expect(stacks[0]?.registrations.map((one) => [one.class, one.changed])).toEqual(
      Array(3).fill(["pending", ["endpoint"]]),
    );
    expect(code).toBe(2);
    expect(warnings[0]).toContain("PULUMI_OPTION_TARGET");
    expect(readFileSync(file, "utf8")).toBe(before);
  });
});
