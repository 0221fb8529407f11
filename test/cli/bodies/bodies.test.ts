import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readBodies, readSources } from "../../../cli/bodies/bodies";
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
    ["no provider", '{"endpoint": "https://secret"}', "body.json: provider: the name is missing"],
    ["a provider that is a number", '{"provider": 1}', "provider: the name must be a string"],
    ["an unknown field", '{"provider": "A", "Headers": "secret"}', 'did you mean "headers"?'],
    [
      "a header that is a number",
      '{"provider": "A", "headers": {"X": 1}}',
      "headers.X: the value must be a string",
    ],
    ["an empty header", '{"provider": "A", "headers": {"X": ""}}', "headers.X: the value is empty"],
    ["a header __proto__", '{"provider": "A", "headers": {"__proto__": "secret"}}', "an object of"],
    ["an operation", '{"provider": "A", "agentactionspermitted": {"Hold": 1}}', '"hold"?'],
    [
      "a permission",
      '{"provider": "A", "agentactionspermitted": {"hold": 2}}',
      "agentactionspermitted.hold: must be true, false, 0 or 1",
    ],
    ["credentials", '{"provider": "A", "endpoint": "https://u:secret@a"}', "contains credentials"],
    [
      "credentials after backslashes",
      String.raw`{"provider": "A", "endpoint": "https:\\\\u:secret@a"}`,
      "contains whitespace, a control character or a backslash",
    ],
    [
      "http",
      '{"provider": "A", "endpoint": "http://secret"}',
      "serve it over https, for example behind a reverse proxy",
    ],
    [
      "an Authorization header without a type",
      '{"provider": "A", "headers": {"Authorization": "secret"}}',
      "headers.Authorization: must be",
    ],
    [
      "names that differ by case only",
      '[{"provider": "A"}, {"provider": "a"}]',
      'the provider "a" is twice in',
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
      "headers.X: the value contains a line break",
    ],
    [
      "half a character in a header",
      String.raw`{"provider": "A", "headers": {"X": "secret\ud800"}}`,
      "headers.X: the value contains",
    ],
    ["two of a name", '[{"provider": "A"}, {"provider": "A"}]', 'the provider "A" is twice in'],
    ["nothing", "[]", "contains no body"],
    [
      "the second body of a list",
      '[{"provider": "A"}, {}]',
      "body.json, body 2: provider: the name is missing",
    ],
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
        "provider: the name is missing",
        "endpoint: the URL must be a string",
        "headers.X: the value must be a string",
        'Provider: unknown field; did you mean "provider"?',
      ]
        .map((problem) => `${path}: ${problem}`)
        .join("\n"),
    );
  });

  it("reads the body in its documented wrapper", () => {
    const wrapped = write("wrapped.json", JSON.stringify({ ProviderSettings: body }));
    expect(readBodies(wrapped)).toEqual(readBodies(write("body.json", JSON.stringify(body))));
  });

  it("reads a script and a collection", () => {
    const json = JSON.stringify({ provider: "A", headers: { "X-Key": "a" } });
    const script = write("register.sh", `curl https://a/Register -d '${json}'`);
    const request = { method: "POST", url: "https://a/Register", body: { mode: "raw", raw: json } };
    const collection = write("a.json", JSON.stringify({ info: {}, item: [{ request }] }));
    const expected = [{ provider: "A", headers: { "X-Key": "a" }, permissions: {} }];
    expect([readBodies(script), readBodies(collection)]).toEqual([expected, expected]);
  });

  it.each([
    ["the provider", `{"provider": "$NAME"}`, "line 1: provider: the name contains a control"],
    ["what is not a string", `{"provider": $NAME}`, "a variable must be inside quotation marks"],
  ])("rejects a variable in %s", (_case, json, message) => {
    const script = write("a.sh", `curl https://a/Register -d "${json.replaceAll('"', '\\"')}"`);
    expect(() => readBodies(script)).toThrow(message);
  });

  it("names the region of URLs, and variables that the shell did not replace, without their text", () => {
    const curl = (region: string, json: string) =>
      `curl https://${region}.api.newvoicemedia.com/interactions/Register -d ${json}\n`;
    const script = write(
      "a.sh",
      curl("emea", `'{"provider": "A", "headers": {"X-Key": "pa$WORD", "X-B": "'$B'"}}'`) +
        curl("emea", `'{"provider": "B"}'`),
    );
    const json = write("b.json", '{"provider": "C", "headers": {"X-Key": "$C"}}');
    expect(readSources(script, json)).toMatchObject([
      {
        name: script,
        regions: ["emea"],
        warnings: [
          `${script}, line 1: headers.X-Key contains a $NAME in single quotes, which the shell does not replace: VCC holds this text`,
        ],
      },
      { name: json, regions: [], warnings: [] },
    ]);
    const url = "https://NAM.cc.vonage.com/Register";
    const request = { method: "POST", url, body: { mode: "raw", raw: '{"provider": "A"}' } };
    const collection = write("c.json", JSON.stringify({ info: {}, item: [{ request }] }));
    expect(readSources(collection)).toMatchObject([{ regions: ["nam"], warnings: [] }]);
  });

  it("rejects a provider that two paths contain", () => {
    const [a, b] = [write("a.json", '{"provider": "A"}'), write("b.json", '{"provider": "A"}')];
    expect(() => readBodies(a, b)).toThrow(`the provider "A" is twice in ${a} and ${b}`);
  });

  it.each(["-d @file", "-d $(date)", `-d "{$A}"`])(
    "ends its refusal of %s with a way out",
    (body) => {
      const script = write("a.sh", `curl https://a/Register ${body}`);
      expect(() => readBodies(script)).toThrow(
        /\nOr write each body into a \.json file in a folder, and pass the folder to --from\.$/,
      );
    },
  );

  it("rejects more than 1 MB", () => {
    expect(() => readBodies(write("a.json", " ".repeat(1_000_001)))).toThrow("more than 1 MB");
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
