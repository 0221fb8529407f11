import { readFileSync } from "node:fs";
import { join } from "node:path";
import { driftClasses } from "../../../../cli/drift/report/classes";

const documentation = readFileSync(join(__dirname, "../../../../docs/drift.md"), "utf8");

describe("drift classes", () => {
  it.each(Object.entries(driftClasses))("are documented: %s", (name, { meaning, outcome }) => {
    const row = documentation.split("\n").find((line) => line.startsWith(`| ${name} `)) ?? "";
    expect(row).toContain(`| ${meaning} |`);
    // The footnote about classes that do not fail the check.
    expect(row.includes("¹")).toBe(outcome === "tolerated");
  });
});
