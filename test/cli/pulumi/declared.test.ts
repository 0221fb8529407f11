import { writeFile } from "node:fs/promises";
import { containsSecret, loadDeclared, plainOf } from "../../../cli/pulumi/declared";
import type { Pulumi, PulumiResult } from "../../../cli/pulumi/pulumi";

const type = "pulumi-nodejs:dynamic/vcc:VccProvider";
const urnOf = (name: string) => `urn:pulumi:dev::project::${type}::${name}`;
/** As `--show-secrets` shows a secret. */
const secret = (value: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  plaintext: JSON.stringify(value),
});
const headers = secret({ Authorization: "Bearer canary" });
const goal = (name: string, inputDiff: object) => ({ type, name, custom: true, inputDiff });

const state = {
  deployment: {
    resources: [
      { urn: urnOf("same"), type, inputs: { provider: "Same", headers } },
      { urn: urnOf("changed"), type, inputs: { provider: "Former" }, delete: true },
      {
        urn: urnOf("changed"),
        type,
        inputs: {
          provider: "Changed",
          endpoint: "https://a.example.com",
          headers,
          account: "acme",
        },
      },
      { urn: urnOf("former"), type, inputs: { provider: "Renamed" } },
      { urn: urnOf("gone"), type, inputs: { provider: "Gone" } },
    ],
  },
};
const plan = {
  resourcePlans: {
    [urnOf("new")]: {
      goal: { ...goal("new", { adds: { provider: "New", headers } }), parent: urnOf("team") },
      steps: ["create"],
    },
    [urnOf("same")]: { goal: goal("same", {}), steps: ["same"] },
    [urnOf("changed")]: {
      goal: goal("changed", {
        adds: { reassertEvery: "1d" },
        updates: { endpoint: "https://b.example.com" },
        deletes: ["account"],
      }),
      steps: ["update"],
    },
    [urnOf("renamed")]: {
      goal: goal("renamed", { updates: { endpoint: "https://c.example.com" } }),
      steps: ["update"],
    },
    [urnOf("gone")]: { steps: ["delete"] },
  },
};
const preview = {
  steps: [{ urn: urnOf("new") }, { urn: urnOf("renamed"), oldState: { urn: urnOf("former") } }],
};

describe("loadDeclared", () => {
  const calls: string[][] = [];
  beforeEach(() => calls.splice(0));

  /** Writes the plan, as `pulumi preview` does. */
  const pulumiWith =
    (result: Partial<PulumiResult> = {}, written: object | null = plan): Pulumi =>
    async (args) => {
      calls.push(args);
      const succeeded = { failed: false, stdout: "{}", stderr: "" };
      if (args[0] === "config") {
        const stdout = JSON.stringify({ "project:token": { value: "canary", secret: true } });
        return { ...succeeded, stdout };
      }
      if (args[0] === "stack") return { ...succeeded, stdout: JSON.stringify(state) };
      const file = args[args.indexOf("--save-plan") + 1] ?? "";
      if (written !== null) await writeFile(file, JSON.stringify(written));
      return { ...succeeded, stdout: JSON.stringify(preview), ...result };
    };
  const load = (pulumi: Pulumi) =>
    loadDeclared(pulumi, { directory: "/project", configDirectory: "" }, { reference: "dev" });

  it("combines the plan of a preview with the state, for every registration that is declared", async () => {
    const declared = await load(pulumiWith());
    expect(
      declared.map(({ name, operation, inputs }) => [name, operation, plainOf(inputs)]),
    ).toEqual([
      ["new", "create", { provider: "New", headers: { Authorization: "Bearer canary" } }],
      ["same", "same", { provider: "Same", headers: { Authorization: "Bearer canary" } }],
      [
        "changed",
        "update",
        {
          provider: "Changed",
          endpoint: "https://b.example.com",
          headers: { Authorization: "Bearer canary" },
          reassertEvery: "1d",
        },
      ],
      ["renamed", "update", { provider: "Renamed", endpoint: "https://c.example.com" }],
    ]);
    expect(declared[0]).toMatchObject({
      urn: urnOf("new"),
      type,
      custom: true,
      parent: urnOf("team"),
    });
  });

  it("asks no witness, whatever the project sets", async () => {
    await load(pulumiWith());
    expect(calls[0]).toEqual(expect.arrayContaining(["preview", "--refresh=false"]));
  });

  it("tells which inputs contain secrets", () => {
    expect([headers, { a: [headers] }, "a", { a: 1 }, null].map(containsSecret)).toEqual([
      ...[true, true, false, false, false],
    ]);
  });

  it.each([
    ["a preview that fails", true],
    ["a preview that exits with 0 although the program failed", false],
  ])("reports %s, without secrets", async (_, failed) => {
    const diagnostics = [{ message: "error: broken by canary", severity: "error" }];
    const failing = pulumiWith({ failed, stdout: JSON.stringify({ diagnostics }) });
    await expect(load(failing)).rejects.toThrow(/^broken by …; /);
  });

  it("reports a preview that writes no plan", async () => {
    await expect(load(pulumiWith({}, null))).rejects.toThrow(
      "pulumi failed without an error message",
    );
  });
});
