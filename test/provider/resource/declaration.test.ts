import * as pulumi from "@pulumi/pulumi";
import { basic, bearer } from "../../../provider";
import { declarationOf } from "../../../provider/resource/declaration";
import { settled } from "./settled";

const resource = "crm";
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

describe("a declaration", () => {
  it("names the arguments that contain a secret at any depth, except those that always are secret", async () => {
    const later = async () => pulumi.secret("https://crm.example.com");
    expect(
      await declarationOf(resource, {
        provider: pulumi.output("Crm"),
        endpoint: later(),
        headers: { Authorization: bearer("t") },
        agentActionsPermitted: { hold: pulumi.secret(true), release: pulumi.secret(true) },
        reassertEvery: pulumi.output("1d").apply((value) => pulumi.secret(value)),
        account: "acme",
        witness: pulumi.output(1).apply(() => ({ url: pulumi.secret("https://w.example.com") })),
      }),
    ).toMatchObject({
      secret: expect.arrayContaining([
        "endpoint",
        "agentActionsPermitted",
        "reassertEvery",
        "witness",
      ]),
      unknown: {},
    });
  });

  it.each([
    ["headers", ["*"]],
    ['["headers"]', ["*"]],
    ["*", ["*"]],
    ["headers.Authorization", ["Authorization"]],
    ['headers["X-A"]', ["X-A"]],
    ['["headers"]["X-A"]', ["X-A"]],
    ["headersOfOthers", []],
    ["endpoint", []],
  ])("names the headers that ignoreChanges of %s ignores", async (path, ignoredHeaders) => {
    expect(await declarationOf(resource, {}, [path])).toMatchObject({ ignoredHeaders });
  });

  it("names the resource, has a number of its own, and says whether this is a preview", async () => {
    const args = { provider: "Crm", endpoint: pulumi.output("https://crm.example.com") };
    const first = await declarationOf(resource, args);
    expect(first).toMatchObject({ resource, preview: false, secret: [], unknown: {} });
    const second = await inPreview(() => declarationOf(resource, args));
    expect(second).toEqual({ ...first, number: first.number + 1, preview: true });
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
  ])("says where an up does not know %s", async (_case, args, paths) => {
    expect(await declarationOf(resource, args)).toMatchObject({ unknown: paths });
    expect(await inPreview(() => declarationOf(resource, args))).toMatchObject({ unknown: {} });
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
      { headers: { Authorization: basic("u", Promise.resolve("")) } },
      'headers["Authorization"]: basic(): the password is missing',
    ],
    [
      "a promise",
      { headers: Promise.resolve({ "X-A": bearer(pulumi.output("")) }) },
      'headers["X-A"]: bearer(): the token is missing',
    ],
    [
      "an output of all headers",
      { headers: pulumi.all({ "X-A": bearer("") }) },
      "headers: bearer(): the token is missing",
    ],
  ])("says in which: %s", async (_case, args, message) => {
    const failure = settledDeeply(args.headers);
    await declarationOf(resource, args);
    await expect(failure).rejects.toThrow(
      new RegExp(`^${escaped(`VccProvider "crm": ${message}`)}`),
    );
  });

  it("says it once, although two resources share the output", async () => {
    const token = bearer(pulumi.output(""));
    const failure = settled(token);
    failure.catch(() => {});
    for (const name of ["crm", "erp"]) {
      await declarationOf(name, { headers: { Authorization: token } });
    }
    await expect(failure).rejects.toThrow(
      /^VccProvider "crm": headers\["Authorization"\]: bearer\(\)/,
    );
  });

  it("says it, too, if the program or Pulumi throws it", async () => {
    const endpoint = pulumi.output(1).apply(() => Promise.reject(new Error("of the program")));
    const failure = settled(endpoint);
    await declarationOf("crm", { endpoint });
    await expect(failure).rejects.toThrow(/^VccProvider "crm": endpoint: of the program$/);
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
