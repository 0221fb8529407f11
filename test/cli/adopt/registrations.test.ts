import { findAdoptable } from "../../../cli/adopt/registrations";
import { resourcesOf } from "../../../cli/adopt/resources";
import { type DeclaredResource, plainOf } from "../../../cli/pulumi/declared";
import { type ImportedResource, markedSecret } from "../../../cli/pulumi/import-file";
import { unknownValue } from "../../../provider/pulumi-values";
import { declaredRegistration, settings, stackUrn } from "./declarations";

const nowMs = Date.parse("2026-11-22T12:34:56Z");

function find(
  declared: DeclaredResource[],
  {
    environment = settings as Record<string, string>,
    configuration = {} as Record<string, string>,
  } = {},
) {
  const sources = { configuration: (key: string) => configuration[key], environment };
  return findAdoptable(declared, { ...sources, now: () => nowMs });
}

describe("findAdoptable", () => {
  it("completes a declaration as check does, with a key of its own", async () => {
    const [first, second] = await find([
      declaredRegistration(),
      declaredRegistration({ name: "other", inputs: { provider: "Other" } }),
    ]);
    expect(first?.inputs).toEqual({
      provider: "Crm",
      endpoint: "https://crm.example.com/vcc",
      headers: { Authorization: "Bearer canary", "X-Tenant": "acme" },
      agentActionsPermitted: {
        ...{ release: true, hold: true, transferToAgent: false, transferToRoute: false },
      },
      region: "emea",
      drift: "none",
      fingerprintKey: expect.stringMatching(/^[\w-]{22}$/),
      accountFingerprint: expect.stringMatching(/^[0-9a-f]{12}$/),
      headerFingerprints: {
        Authorization: expect.stringMatching(/^[0-9a-f]{12}$/),
        "X-Tenant": expect.stringMatching(/^[0-9a-f]{12}$/),
      },
    });
    expect(second?.inputs.fingerprintKey).not.toBe(first?.inputs.fingerprintKey);
  });

  it("takes only registrations that this stack has never registered", async () => {
    const bucket = declaredRegistration({ type: "aws:s3:Bucket" });
    const others = ["same", "update", "create-replacement"].map((operation) =>
      declaredRegistration({ operation }),
    );
    expect(await find([bucket, ...others])).toEqual([]);
  });

  it("records the current window, so that the next one registers", async () => {
    const [found] = await find([declaredRegistration({ inputs: { reassertEvery: "1d" } })]);
    expect(found?.inputs.reassertWindow).toBe("2026-11-22T00:00:00Z");
  });

  it.each([
    ["an interrupted update", { interrupted: "creating" }, "run pulumi up, which registers it"],
    [
      "an unknown value",
      { inputs: { endpoint: unknownValue } },
      "endpoint is unknown: create what it depends on with pulumi up --target",
    ],
    [
      "a value that preview refuses",
      { inputs: { endpoint: "http://crm.example.com" } },
      "endpoint: ",
    ],
  ])("refuses %s, with the name of the resource", async (_, changes, reason) => {
    const refused = expect(find([declaredRegistration(changes)])).rejects;
    await refused.toThrow(reason);
    await refused.toThrow(/^"crm": /);
    await refused.not.toThrow("canary");
  });

  it("refuses a child of a resource that does not exist yet", async () => {
    const bucket = declaredRegistration({ type: "aws:s3:Bucket", urn: "urn:bucket" });
    const child = declaredRegistration({ parent: bucket.urn });
    await expect(find([bucket, child])).rejects.toThrow(
      '"crm": its parent urn:bucket does not exist yet',
    );
    expect(await find([{ ...bucket, operation: "same" }, child])).toHaveLength(1);
  });

  it("refuses two registrations of one name, as preview does", async () => {
    const twice = [declaredRegistration(), declaredRegistration({ name: "again" })];
    await expect(find(twice)).rejects.toThrow(
      '"again": provider: the resource "crm" already declares "Crm"',
    );
  });

  it("needs the credentials of the account, which the next up has", async () => {
    const { VCC_CLIENT_ID: _, VCC_CLIENT_SECRET: __, ...environment } = settings;
    await expect(find([declaredRegistration()], { environment })).rejects.toThrow(
      /credentials|clientId/,
    );
    const configuration = {
      "vcc:accounts": JSON.stringify({ acme: { clientId: "id", clientSecret: "secret" } }),
    };
    const named = declaredRegistration({ inputs: { account: "acme" } });
    expect(await find([named], { environment, configuration })).toHaveLength(1);
  });

  it("refuses if the provider process has other settings than this command", async () => {
    const environment = { ...settings, VCC_REGION: "nam" };
    await expect(find([declaredRegistration()], { environment })).rejects.toThrow(
      "pulumi preview has the region emea, but this command has the region nam",
    );
    const { accountFingerprint: _, ...inputs } = declaredRegistration().inputs;
    await expect(find([{ ...declaredRegistration(), inputs }])).rejects.toThrow(
      "pulumi preview has no API client, but this command has an API client",
    );
  });
});

describe("the resources of an adoption", () => {
  const team = declaredRegistration({
    urn: "urn:pulumi:dev::project::acme:Team::one",
    type: "acme:Team",
    name: "one",
    custom: false,
    inputs: { password: markedSecret("component-secret") },
  });
  const nested = declaredRegistration({ name: "nested", parent: team.urn });

  it("are as an up records them, without a time, and with every secret marked", async () => {
    const declared = [
      declaredRegistration({ inputs: { endpoint: markedSecret("https://x.example.com") } }),
    ];
    const [imported] = resourcesOf(await find(declared), declared);
    expect(imported).toMatchObject({ id: "emea/Crm", name: "crm", parent: stackUrn });
    const { inputs = {}, outputs = {} } = imported ?? ({} as Partial<ImportedResource>);
    const { registrationFingerprint, ...others } = outputs;
    expect(registrationFingerprint).toMatch(/^[0-9a-f]{12}$/);
    expect(others).toEqual(inputs);
    expect(inputs.__provider).toContain("pulumi-vcc/dynamic");
    for (const name of ["headers", "fingerprintKey", "endpoint"]) {
      expect(inputs[name]).toEqual(markedSecret(plainOf(inputs[name])));
    }
    expect(JSON.stringify(outputs)).not.toContain("registeredAt");
  });

  it("include the components that contain them and do not exist yet, each once", async () => {
    const sibling = declaredRegistration({
      ...{ name: "sibling", parent: team.urn },
      inputs: { provider: "Sibling" },
    });
    const declared = [team, nested, sibling];
    const resources = resourcesOf(await find(declared), declared);
    expect(resources.map(({ name, id, parent }) => [name, id, parent])).toEqual([
      ["one", undefined, stackUrn],
      ["nested", "emea/Crm", team.urn],
      ["sibling", "emea/Sibling", team.urn],
    ]);
    expect(resources[0]?.inputs).toMatchObject({ password: markedSecret("component-secret") });
    const existing = [{ ...team, operation: "same" }, nested];
    expect(resourcesOf(await find(existing), existing)).toHaveLength(1);
  });
});
