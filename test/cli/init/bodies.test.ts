import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readBodies } from "../../../cli/init/bodies";
import { temporaryDirectory } from "../../temporary-directory";

describe("readBodies", () => {
  const directory = temporaryDirectory();
  const body = {
    provider: "Crm",
    endpoint: "https://crm.example.com/vcc",
    headers: { "X-Key": "secret" },
    agentactionspermitted: { release: 1, hold: 0 },
  };

  function write(name: string, text: string): string {
    const path = join(directory.path, name);
    writeFileSync(path, text);
    return path;
  }

  it("reads a body", () => {
    expect(readBodies(write("body.json", JSON.stringify(body)))).toEqual([
      {
        provider: "Crm",
        endpoint: "https://crm.example.com/vcc",
        headers: { "X-Key": "secret" },
        permissions: { release: true, hold: false },
      },
    ]);
  });

  it.each([
    ["list.json", JSON.stringify([{ provider: "A" }, { provider: "B" }])],
    ["list.yaml", "- provider: A\n- provider: B\n"],
  ])("reads a list of bodies from %s", (name, text) => {
    const none = { headers: {}, permissions: {} };
    expect(readBodies(write(name, text))).toEqual([
      { provider: "A", ...none },
      { provider: "B", ...none },
    ]);
  });

  it("reads the JSON and YAML files of a folder in the order of their names", () => {
    mkdirSync(join(directory.path, "below"));
    write("b.json", '{"provider": "B"}');
    write("a.yml", "provider: A");
    write("readme.md", "no body");
    expect(readBodies(directory.path).map(({ provider }) => provider)).toEqual(["A", "B"]);
  });

  it.each([
    ["no JSON", '{"provider": "Crm", "headers": {"X": "secret"', "it is not valid JSON or YAML ("],
    ["no object", '"secret"', "expected the body of POST /Register, an object"],
    ["no provider", '{"endpoint": "https://secret"}', "body.json: provider: is required"],
    ["a provider that is a number", '{"provider": 1}', "provider: must be a string"],
    ["an unknown field", '{"provider": "A", "Headers": "secret"}', 'did you mean "headers"?'],
    [
      "a header that is a number",
      '{"provider": "A", "headers": {"X": 1}}',
      'header "X": the value',
    ],
    [
      "an empty header",
      '{"provider": "A", "headers": {"X": ""}}',
      'header "X": the value is empty',
    ],
    ["a header __proto__", '{"provider": "A", "headers": {"__proto__": "secret"}}', "an object of"],
    ["an operation", '{"provider": "A", "agentactionspermitted": {"Hold": 1}}', '"hold"?'],
    [
      "a permission",
      '{"provider": "A", "agentactionspermitted": {"hold": 2}}',
      "agentactionspermitted.hold: must be 0, 1, true or false",
    ],
    ["credentials", '{"provider": "A", "endpoint": "https://u:secret@a"}', "contains credentials"],
    [
      "credentials after backslashes",
      String.raw`{"provider": "A", "endpoint": "https:\\\\u:secret@a"}`,
      "contains credentials",
    ],
    ["a YAML alias", "provider: A\nheaders:\n  X: *secret", "quote a value that begins with *"],
    ["a YAML tag", "provider: A\nheaders:\n  X: !secret a", "quote a value that begins with !"],
    ["several YAML documents", "provider: A\n---\nprovider: secret", "make them one list"],
    [
      "a name twice in an object",
      "provider: A\nheaders:\n  X: secret\n  X: secret",
      "has a name twice",
    ],
    [
      "a line break in a header",
      String.raw`{"provider": "A", "headers": {"X": "secret\n"}}`,
      'header "X": the value contains a line break',
    ],
    [
      "half a character in a header",
      String.raw`{"provider": "A", "headers": {"X": "secret\ud800"}}`,
      'header "X": the value contains',
    ],
    ["two of a name", '[{"provider": "A"}, {"provider": "A"}]', 'the provider "A" twice'],
    ["nothing", "[]", "contains no body"],
    ["the second body of a list", '[{"provider": "A"}, {}]', "body.json, body 2: provider: is req"],
  ])("rejects %s, and quotes no value", (_case, text, message) => {
    const path = write("body.json", text);
    let problem = "";
    try {
      readBodies(path);
    } catch (error) {
      problem = String(error);
    }
    expect(problem).toContain(message);
    expect(problem).toContain(path);
    expect(problem).not.toContain("secret");
  });

  it("names all problems of a body", () => {
    const path = write("body.json", '{"Provider": "A", "headers": {"X": 1}, "endpoint": 1}');
    expect(() => readBodies(path)).toThrow(
      [
        "provider: is required",
        "endpoint: must be a string",
        'header "X": the value must be a string: quote it',
        'Provider: unknown field; did you mean "provider"?',
      ]
        .map((problem) => `${path}: ${problem}`)
        .join("\n"),
    );
  });

  it("rejects UTF-16, which PowerShell writes", () => {
    const path = join(directory.path, "body.json");
    writeFileSync(path, `\uFEFF${JSON.stringify(body)}`, "utf16le");
    expect(() => readBodies(path)).toThrow("body.json is not UTF-8");
  });

  it("rejects a path that cannot be read", () => {
    expect(() => readBodies(join(directory.path, "none"))).toThrow("cannot be read (ENOENT)");
  });
});
