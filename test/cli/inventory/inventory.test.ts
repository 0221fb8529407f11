import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Ajv2020 from "ajv/dist/2020";
import addFormats from "ajv-formats";
import { InspectionError } from "../../../cli/errors";
import { inventoryFormats } from "../../../cli/inventory/formats";
import { takeInventory } from "../../../cli/inventory/inventory";
import type { Pulumi } from "../../../cli/pulumi/pulumi";
import type { Deployment } from "../../../cli/pulumi/state";
import { temporaryDirectory } from "../../temporary-directory";

const schema = JSON.parse(
  readFileSync(join(__dirname, "../../../schemas/inventory-1.schema.json"), "utf8"),
);
const validate = addFormats(new Ajv2020({ allowUnionTypes: true })).compile(schema);

const type = "pulumi-nodejs:dynamic/vcc:VccProvider";
const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
const state = (stack: string, resource: string, provider: unknown, more = {}) => ({
  urn: `urn:pulumi:${stack}::project::${type}::${resource}`,
  type,
  provider: "urn:pulumi:dev::project::pulumi:providers:pulumi-nodejs::default_1_0_0::id",
  inputs: { provider, region: "emea", endpoint: "https://crm.example.com:8443/vcc?key=secret" },
  outputs: { registeredAt: "2026-11-20T12:00:00.000Z" },
  ...more,
});

describe("inventory", () => {
  const directory = temporaryDirectory();
  beforeEach(() => writeFileSync(join(directory.path, "Pulumi.yaml"), "name: project\n"));

  let commands: string[] = [];

  function take(deployments: Record<string, Deployment>) {
    commands = [];
    const pulumi: Pulumi = async (args) => {
      commands.push(args[0] === "whoami" ? "whoami" : args.join(" "));
      if (args[0] === "whoami") {
        return { failed: false, stdout: JSON.stringify({ url: "file://." }), stderr: "" };
      }
      const deployment = deployments[args.at(-1) ?? ""];
      return { failed: false, stdout: JSON.stringify({ deployment }), stderr: "" };
    };
    const targets = Object.keys(deployments).map((stack) => ({
      directory: directory.path,
      stack,
    }));
    return takeInventory(targets, pulumi, Date.parse("2026-11-22T12:00:00Z"));
  }

  it("lists what the states record, with the other resources of a name", async () => {
    const inventory = await take({
      dev: {
        resources: [state("dev", "crm", "Crm"), { urn: "u", type: "aws:s3:Bucket" }],
      },
      prod: { resources: [state("prod", "crm", "Crm")] },
    });
    expect(validate(inventory)).toBe(true);
    expect(inventory.registrations.map((one) => [one.provider, one.account, one.alsoIn])).toEqual([
      ["Crm", null, ["project/prod (crm)"]],
      ["Crm", null, ["project/dev (crm)"]],
    ]);
    expect(inventory.registrations[0]).toMatchObject({
      endpointHost: "crm.example.com:8443",
      stack: "project/dev",
      registeredAt: "2026-11-20T12:00:00.000Z",
      lastSeen: null,
      uncertain: false,
    });
    expect(inventoryFormats.table(inventory)).not.toContain("secret");
    expect(commands).toEqual(["stack export --stack dev", "stack export --stack prod", "whoami"]);
  });

  it("says which stack an update has locked, if the backend is a directory", async () => {
    const locks = join(directory.path, ".pulumi/locks/organization/project/dev");
    mkdirSync(locks, { recursive: true });
    writeFileSync(join(locks, "1.json"), "{}");
    const inventory = await take({
      dev: { resources: [state("dev", "crm", "Crm")] },
      prod: { resources: [state("prod", "crm", "Crm")] },
    });
    expect(validate(inventory)).toBe(true);
    expect(inventory.registrations.map(({ stack, lockedBy }) => [stack, lockedBy])).toEqual([
      ["project/dev", "an unknown user (1.json)"],
      ["project/prod", null],
    ]);
    expect(inventoryFormats.table(inventory)).toContain("  locked by an unknown user (1.json)  ");
  });

  it("names stacks without registrations, and has no heading without rows", async () => {
    const inventory = await take({ prod: { resources: [] }, dev: { resources: [] } });
    expect(validate(inventory)).toBe(true);
    expect(inventoryFormats.table(inventory)).toBe(
      "project/dev: no registrations\nproject/prod: no registrations\n",
    );
    const broken = await take({ dev: "text" as never });
    expect(inventoryFormats.table(broken)).toBe("");
  });

  it("has only the columns that contain something, and says if there is no witness", async () => {
    const { inputs } = state("dev", "crm", "Crm");
    const watched = { inputs: { ...inputs, witness: true } };
    const inventory = await take({
      dev: { resources: [state("dev", "a", "A"), state("dev", "b", "B", watched)] },
    });
    expect(inventoryFormats.table(inventory, { width: 120 })).toBe(
      `REGION  NAME   ENDPOINT              STACK            LAST ACKNOWLEDGED         LAST SEEN
emea    "A"    crm.example.com:8443  project/dev (a)  2026-11-20T12:00:00.000Z  no witness
emea    "Crm"  crm.example.com:8443  project/dev (b)  2026-11-20T12:00:00.000Z  never
`,
    );
  });

  it("fits into the terminal", async () => {
    const inventory = await take({ dev: { resources: [state("dev", "crm", "Crm")] } });
    for (const width of [80, 120]) {
      const lines = inventoryFormats.table(inventory, { width }).split("\n");
      expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(width);
    }
    expect(inventoryFormats.table(inventory).split("\n")).toHaveLength(3);
  });

  it.each<[string, unknown, unknown, string[]]>([
    ["the default account", undefined, undefined, ["project/prod (b)"]],
    ["one named account", "acme", "acme", ["project/prod (b)"]],
    ["two named accounts", "acme", "globex", []],
    ["a named account, and the default account", "acme", undefined, []],
    ["an account named default, and the default account", "default", undefined, []],
    ["accounts whose names are secret", secret, secret, []],
  ])("compares names in one account only: %s", async (_case, one, other, alsoIn) => {
    const inAccount = (stack: string, resource: string, name: string, account: unknown) => {
      const { inputs, ...rest } = state(stack, resource, name);
      return { ...rest, inputs: { ...inputs, account } };
    };
    const { registrations } = await take({
      dev: { resources: [inAccount("dev", "a", "Caf\u00e9", one)] },
      prod: { resources: [inAccount("prod", "b", "CAFE\u0301", other)] },
    });
    const [found] = registrations.filter(({ resource }) => resource === "a");
    const secretAccount = one === secret;
    const account = secretAccount ? null : (one ?? null);
    expect(found).toMatchObject({ account, secretAccount, alsoIn });
  });

  it("lists what VCC may hold after an interruption or a failed reset", async () => {
    const inventory = await take({
      dev: {
        resources: [state("dev", "a", "A"), state("dev", "b", "B", { delete: true })],
        pending_operations: [
          { type: "creating", resource: state("dev", "c", "C", { outputs: {} }) },
          { type: "updating", resource: state("dev", "a", "A") },
        ],
      },
    });
    expect(
      inventory.registrations.map((one) => [
        ...[one.provider, one.uncertain, one.interrupted, one.registeredAt],
      ]),
    ).toEqual([
      ["A", true, "updating", "2026-11-20T12:00:00.000Z"],
      ["B", true, null, "2026-11-20T12:00:00.000Z"],
      ["C", true, "creating", null],
    ]);
    const table = inventoryFormats.table(inventory);
    expect(table).toContain("interrupted while updating");
    expect(table).toContain("replaced, but not reset");
  });

  it("does not show what is secret", async () => {
    const { inputs } = state("dev", "crm", secret);
    const resources = [state("dev", "crm", secret, { inputs: { ...inputs, endpoint: secret } })];
    const inventory = await take({ dev: { resources }, prod: { resources } });
    expect(inventory.registrations[0]).toMatchObject({ provider: null, endpointHost: null });
    expect(validate(inventory)).toBe(true);
  });

  it("lists a registration of an edited state with its valid fields", async () => {
    const edited = [
      state("dev", "a", "A", { inputs: null, outputs: null, provider: null }),
      state("dev", "b", "B", { inputs: { provider: 1, region: {}, endpoint: [] }, outputs: [] }),
      state("dev", "c", "C", { outputs: { registeredAt: "yesterday", verifiedAt: 5 } }),
    ];
    const inventory = await take({ dev: { resources: edited as never } });
    expect(validate(inventory)).toBe(true);
    expect(
      inventory.registrations.map(({ resource, provider, registeredAt, lastSeen }) => [
        resource,
        provider,
        registeredAt,
        lastSeen,
      ]),
    ).toEqual([
      ["a", null, null, null],
      ["b", null, null, null],
      ["c", "C", null, null],
    ]);
  });

  it("names the stacks that it cannot read, and lists the others", async () => {
    const failing: Pulumi = async () => ({ failed: true, stdout: "", stderr: "error: no access" });
    const error = new InspectionError("no Pulumi.yaml", "pass another directory");
    const inventory = await takeInventory(
      [
        { directory: directory.path, stack: "dev" },
        { directory: "elsewhere", error },
      ],
      failing,
      0,
    );
    expect(inventory.errors.map((one) => one.error)).toEqual(
      expect.arrayContaining([
        expect.stringContaining("no access"),
        "no Pulumi.yaml; pass another directory",
      ]),
    );
    expect(validate(inventory)).toBe(true);
    expect(inventoryFormats.markdown(inventory)).toContain("Could not read <code>elsewhere</code>");
  });

  it("reports an export that is not a state", async () => {
    const { errors } = await take({ dev: "text" as never });
    expect(errors).toMatchObject([{ error: expect.stringContaining("no valid state") }]);
  });

  it("renders no name as markup", async () => {
    const inventory = await take({ dev: { resources: [state("dev", "x", "a | <b> @all `c`")] } });
    const row = inventoryFormats.markdown(inventory).split("\n")[2] ?? "";
    expect(row.split(" | ")).toHaveLength(9);
    expect(row.replaceAll(/<\/?code>/g, "")).not.toMatch(/[<>@`]/);
  });
});
