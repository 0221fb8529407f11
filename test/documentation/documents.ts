import { readdirSync } from "node:fs";
import { join } from "node:path";

export const root = join(__dirname, "../..");

/** Every document for people, as a path from the root; the README first. */
export const documents = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`),
];
