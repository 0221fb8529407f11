import * as pulumi from "@pulumi/pulumi";
import { basic, bearer } from "../../../provider";
import { marksOf } from "../../../provider/program/marks";
import { settled } from "./settled";

const resource = 'VccProvider "crm"';
const unknown = pulumi.output(pulumi.unknown as unknown as string);

async function inPreview<Result>(run: () => Promise<Result>): Promise<Result> {
  await pulumi.runtime.setMocks(noMocks, "project", "stack", true);
  try {
    return await run();
  } finally {
    await pulumi.runtime.setMocks(noMocks, "project", "stack", false);
  }
}
const noMocks = { call: () => ({}), newResource: () => ({ id: "id", state: {} }) };

describe("marks", () => {
  it("name the arguments that contain a secret at any depth, except those that always are secret", async () => {
    const later = async () => pulumi.secret("https://crm.example.com");
    expect(
      await marksOf(resource, {
        provider: pulumi.output("Crm"),
        endpoint: later(),
        headers: { Authorization: bearer("t") },
        agentActionsPermitted: { hold: pulumi.secret(true), release: pulumi.secret(true) },
        reassertEvery: pulumi.output("1d").apply((value) => pulumi.secret(value)),
        account: "acme",
        witness: pulumi.output(1).apply(() => ({ url: pulumi.secret("https://w.example.com") })),
      }),
    ).toEqual({
      secret: expect.arrayContaining([
        "endpoint",
        "agentActionsPermitted",
        "reassertEvery",
        "witness",
      ]),
      unknown: {},
    });
  });

  it("are missing without a secret and without an unknown value", async () => {
    const args = { provider: "Crm", endpoint: pulumi.output("https://crm.example.com") };
    expect(await marksOf(resource, args)).toBeUndefined();
  });

  it.each([
    ["provider", { provider: unknown }, { provider: "provider" }],
    [
      "a header",
      { headers: { "X-A": "a", Authorization: bearer(unknown) } },
      { headers: 'headers["Authorization"]' },
    ],
    [
      "a user",
      { headers: { Authorization: basic(unknown, "p") } },
      { headers: 'headers["Authorization"]' },
    ],
    [
      "a promise of headers",
      { headers: Promise.resolve({ "X-A": unknown }) },
      { headers: 'headers["X-A"]' },
    ],
    ["headers", { headers: pulumi.output({ "X-A": unknown }) }, { headers: "headers" }],
    [
      "a permission",
      { agentActionsPermitted: { hold: unknown } },
      { agentActionsPermitted: 'agentActionsPermitted["hold"]' },
    ],
    ["the URL of a witness", { witness: { url: unknown } }, { witness: 'witness["url"]' }],
  ])("say where an up does not know %s", async (_case, args, paths) => {
    expect(await marksOf(resource, args)).toMatchObject({ unknown: paths });
    expect(await inPreview(() => marksOf(resource, args))).toBeUndefined();
  });
});

describe("an error in an argument", () => {
  it.each([
    [
      "bearer",
      { headers: { Authorization: bearer(pulumi.output("")) } },
      'headers["Authorization"]: bearer(): the token is missing',
    ],
    [
      "basic",
      { headers: { Authorization: basic("u", Promise.resolve(null as never)) } },
      'headers["Authorization"]: basic(): the password is missing',
    ],
    [
      "a promise",
      { headers: Promise.resolve({ "X-A": bearer(pulumi.output(undefined as never)) }) },
      'headers["X-A"]: bearer(): the token is missing',
    ],
    [
      "an output of all headers",
      { headers: pulumi.all({ "X-A": bearer("") }) },
      "headers: bearer(): the token is missing",
    ],
  ])("says in which: %s", async (_case, args, message) => {
    const failure = settledDeeply(args.headers);
    expect(await marksOf(resource, args)).toBeUndefined();
    await expect(failure).rejects.toThrow(
      new RegExp(`^${escaped(`VccProvider "crm": ${message}`)}`),
    );
  });

  it("says it once, although two resources share the output", async () => {
    const token = bearer(pulumi.output(""));
    const failure = settled(token);
    failure.catch(() => {});
    for (const name of ["crm", "erp"]) {
      await marksOf(`VccProvider "${name}"`, { headers: { Authorization: token } });
    }
    await expect(failure).rejects.toThrow(
      /^VccProvider "crm": headers\["Authorization"\]: bearer\(\)/,
    );
  });

  it("keeps its message if the program throws it", async () => {
    const endpoint = pulumi.output(1).apply(() => Promise.reject(new Error("of the program")));
    const failure = settled(endpoint);
    await marksOf(resource, { endpoint });
    await expect(failure).rejects.toThrow(/^of the program$/);
  });
});

async function settledDeeply(value: unknown): Promise<unknown> {
  const resolved = await value;
  const outputs = pulumi.Output.isInstance(resolved)
    ? [resolved]
    : Object.values(resolved as object);
  return Promise.all(outputs.map((output) => settled(output)));
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
