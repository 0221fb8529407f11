import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { compile } from "../compiler";
import { documentExamples, documents, type Example, root } from "./documents";

function docstringExamples(folder: string): Example[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .flatMap((file) => {
      const source = readFileSync(join(root, folder, file), "utf8");
      return [...source.matchAll(/@example\n(.*?)(?=^ *\*\/|^ *\* @)/gms)].map(
        ([, block = ""], index) => ({
          name: `${basename(file, ".ts")}-${index + 1}.ts`,
          text: block.replace(/^ *\* ?/gm, ""),
        }),
      );
    });
}

function programs(): Example[] {
  return readdirSync(join(root, "examples"))
    .filter((file) => file.endsWith(".ts"))
    .map((name) => ({ name, text: readFileSync(join(root, "examples", name), "utf8") }));
}

describe("examples", () => {
  it.each([
    ["README.md", () => documentExamples("README.md"), 1],
    ["docs/", () => documents.slice(1).flatMap(documentExamples), 3],
    ["docstrings of provider/", () => docstringExamples("provider"), 5],
    ["docstrings of emulator/", () => docstringExamples("emulator"), 1],
    ["docstrings of receiver/", () => docstringExamples("receiver"), 2],
    ["examples/", programs, 3],
  ])("compiles the examples of %s", (_where, find, atLeast) => {
    const examples = find();
    expect(examples.length).toBeGreaterThanOrEqual(atLeast);
    for (const { text } of examples) {
      expect(text).toMatch(/from "pulumi-vcc|import\("@pulumi\/pulumi\/automation/);
    }
    expect(compile(examples)).toEqual([]);
  });

  it("rejects an example that does not compile", () => {
    const text =
      'import { VccProvider } from "pulumi-vcc";\nnew VccProvider("crm", { provider: 1 });';
    expect(compile([{ name: "wrong.ts", text }])).toEqual([
      "wrong.ts: Type 'number' is not assignable to type 'Input<string>'.",
    ]);
  });

  it("shows the quickstart in the README", () => {
    const quickstart = readFileSync(join(root, "examples/quickstart.ts"), "utf8");
    expect(quickstart.startsWith(documentExamples("README.md")[0]?.text ?? "missing")).toBe(true);
  });
});
