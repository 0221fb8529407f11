import { isScript, requestsInScript } from "../../../cli/bodies/curl-script";

const url = "https://emea.api.cc.vonage.com/interactions/Register";
const bodiesOf = (script: string) => requestsInScript(script, "a.sh").map(({ json }) => json);

describe("requestsInScript", () => {
  it.each([
    ["-d", `curl ${url} -d '{"provider":"A"}'`],
    ["an attached value", `curl ${url} -d'{"provider":"A"}' -XPOST`],
    ["--data", `curl -sS -X POST "${url}" --data '{"provider":"A"}'`],
    [
      "--data-raw and headers",
      `curl -H "Authorization: Bearer $T" ${url} --data-raw '{"provider":"A"}'`,
    ],
    ["double quotes", String.raw`curl ${url} -d "{\"provider\":\"A\"}"`],
    ["several lines", `curl \\\n  --url ${url} \\\r\n  -d '{"provider":"A"}'`],
    ["a URL in a variable", `curl "$API/register" -d '{"provider":"A"}'`],
    ["what follows", `curl ${url} -d '{"provider":"A"}' > /dev/null 2>&1 || exit 1 # comment`],
    ["a condition", `if ! curl ${url} -d '{"provider":"A"}'; then exit 1; fi`],
    ["ANSI-C quotes", `curl ${url} -d $'{"provider":"A"}'`],
  ])("reads a body with %s", (_case, command) => {
    expect(bodiesOf(`#!/bin/sh\nset -e\n# don't /Register\n${command}\necho "it's done"`)).toEqual([
      '{"provider":"A"}',
    ]);
  });

  it("reads a body of several lines, and names the line where its command begins", () => {
    const script = `\ncurl ${url} -d '{\n  "provider": "A"\n}'\n\ncurl ${url} -d '{"provider":"B"}'\n`;
    expect(requestsInScript(script, "a.sh")).toEqual([
      { where: "a.sh, line 2", json: '{\n  "provider": "A"\n}', url },
      { where: "a.sh, line 6", json: '{"provider":"B"}', url },
    ]);
  });

  it.each(['"$TOKEN"', `"\${TOKEN}"`, "$TOKEN"])("marks the variable %s", (variable) => {
    expect(bodiesOf(`curl ${url} -d '{"headers":{"X":"'${variable}'"}}'`)).toEqual([
      String.raw`{"headers":{"X":"\u0000TOKEN\u0000"}}`,
    ]);
  });

  it("keeps what single quotes protect", () => {
    expect(bodiesOf(`curl ${url} -d '{"a":"$A \`b\` $(c) * # @"}'`)).toEqual([
      '{"a":"$A `b` $(c) * # @"}',
    ]);
  });

  it("ignores other commands, whatever they run", () => {
    expect(bodiesOf("TOKEN=$(curl -d a https://a/token | jq -r .t)\nrm -rf `pwd`/*\n")).toEqual([]);
  });

  it.each([
    ["$(…)", `curl ${url} -d "$(cat a)"`, "a command in $(…) would have to run"],
    ["backticks", `curl ${url} -d "\`cat a\`"`, "a command in backticks would have to run"],
    ["a default", `curl ${url} -d "\${A:-b}"`, "only $NAME and"],
    ["a positional parameter", `curl ${url} -d "$1"`, "only $NAME and"],
    ["a glob", `curl ${url} -d *.json`, "quote it"],
    ["a brace expansion", `curl ${url} -d {a,b}`, "quote it"],
    ["a file", `curl ${url} -d @body.json`, "pass that file to --from instead"],
    ["a here-document", `curl ${url} -d @- <<EOF\n{}\nEOF`, "<< reads something else"],
    ["an unquoted #", `curl ${url}#a -d '{}'`, "quote it"],
    ["an unknown option", `curl ${url} --form a=b`, "curl: Unknown option '--form'"],
    ["another method", `curl -X PUT ${url} -d '{}'`, "the request is not a POST"],
    ["no body", `curl ${url}`, "curl has no body"],
    ["several bodies", `curl ${url} -d a --data-raw b`, "curl has several bodies"],
    ["several URLs", `curl ${url} https://b -d a`, "curl has several URLs"],
    ["a loop", `for name in a b; do curl ${url} -d '{}'; done`, "does not begin with curl"],
    ["another program", `wget ${url} --post-data='{}'`, "does not begin with curl"],
    ["an unclosed ANSI-C quote", `curl ${url} -d $'\\'`, "a quotation mark is not closed"],
    ["an unclosed quote", `curl ${url} -d '{}`, "a quotation mark is not closed"],
  ])("refuses %s by line", (_case, command, message) => {
    expect(() => bodiesOf(`#!/bin/sh\n\n${command}`)).toThrow(`a.sh, line 3: `);
    expect(() => bodiesOf(`#!/bin/sh\n\n${command}`)).toThrow(message);
  });

  it("needs time in proportion to the length of a script", () => {
    const command = `curl ${url} -d ${"'a'\"b\"".repeat(100_000)}`;
    const start = performance.now();
    expect(bodiesOf(command)[0]).toHaveLength(200_000);
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  it("names every command with a problem", () => {
    expect(() => bodiesOf(`curl ${url}\ncurl ${url} -d @a`)).toThrow(/line 1: .*\n.*line 2: /);
  });
});

describe("isScript", () => {
  it.each([
    ["a.sh", "{}", true],
    ["standard input", "\n  curl https://a/Register", true],
    ["standard input", '{"a": "curl b"}', false],
    ["a.yaml", "curl a", false],
  ])("%s with %j: %j", (name, text, expected) => {
    expect(isScript(name, text)).toBe(expected);
  });
});
