import { plainOf } from "../../../cli/pulumi/declared";
import {
  type ImportedResource,
  importFileOf,
  importResources,
  markedSecret,
} from "../../../cli/pulumi/import-file";
import type { Pulumi } from "../../../cli/pulumi/pulumi";
import { readImportFile } from "../adopt/declarations";

const stackUrn = "urn:pulumi:dev::project::pulumi:pulumi:Stack::project-dev";
const component: ImportedResource = {
  ...{ urn: "urn:team", type: "acme:Team", name: "crm", parent: stackUrn, inputs: { size: 1 } },
};
const child: ImportedResource = {
  ...{ urn: "urn:team$crm", type: "vcc", name: "crm", id: "emea/Crm", parent: component.urn },
  inputs: {},
  outputs: { provider: "Crm" },
};

describe("an import file", () => {
  it("names each resource by its URN, and those that are not custom as components", () => {
    expect(importFileOf([component, child])).toEqual({
      nameTable: {},
      resources: [
        {
          ...{ type: "acme:Team", name: "urn:team", logicalName: "crm", component: true },
          inputs: { size: 1 },
        },
        {
          ...{ type: "vcc", name: "urn:team$crm", logicalName: "crm", parent: "urn:team" },
          ...{ id: "emea/Crm", inputs: {}, outputs: { provider: "Crm" } },
        },
      ],
    });
  });

  it("names the parents that the stack already has", () => {
    expect(importFileOf([child]).nameTable).toEqual({ "urn:team": "urn:team" });
  });

  it("marks secrets as the CLI reads and shows them", () => {
    const marked = markedSecret({ a: "canary" });
    expect(marked).toEqual({
      "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
      plaintext: '{"a":"canary"}',
    });
    expect(plainOf(marked)).toEqual({ a: "canary" });
  });
});

describe("importResources", () => {
  const run = (pulumi: Pulumi) => {
    const project = { directory: "/project", configDirectory: "" };
    return importResources(pulumi, project, { reference: "dev" }, [child]);
  };

  it("imports without a preview, without code, and protected until the next up", async () => {
    const calls: string[] = [];
    await run(async (args) => {
      const [, , path = ""] = args;
      calls.push(args.join(" ").replace(path, "FILE"));
      expect(await readImportFile(path)).toEqual(importFileOf([child]));
      return { failed: false, stdout: "", stderr: "" };
    });
    expect(calls).toEqual([
      "import --file FILE --yes --skip-preview --protect=true --generate-code=false --stack dev",
    ]);
  });

  it.each(["stdout", "stderr"])("reports what the CLI prints to %s", async (stream) => {
    const failed = { failed: true, stdout: "", stderr: "", [stream]: "error: it exists\n" };
    await expect(run(async () => failed)).rejects.toThrow("it exists; ");
  });
});
