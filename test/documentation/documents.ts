import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

export const root = join(__dirname, "../..");

/** All documents, as paths from the root. The README comes first. */
export const documents = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  "SECURITY.md",
  ...readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

export const read = (document: string) => readFileSync(join(root, document), "utf8");

export interface Example {
  name: string;
  text: string;
}

/** The TypeScript of a document, one example for each block. */
export function documentExamples(document: string): Example[] {
  return [...read(document).matchAll(/^( *)```ts\n(.*?)^\1```$/gms)].map(
    ([, , text = ""], index) => ({
      name: `${basename(document, ".md")}-${index + 1}.ts`,
      text,
    }),
  );
}
