import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  classNames,
  driftClasses,
  failing,
  runbookUrl,
} from "../../../../cli/drift/report/classes";

const read = (name: string) => readFileSync(join(__dirname, "../../../../docs", name), "utf8");
const documentation = read("drift.md");
const runbook = read("runbook.md");

describe("drift classes", () => {
  it.each(Object.entries(driftClasses))("are documented: %s", (name, { meaning, outcome }) => {
    const row = documentation.split("\n").find((line) => line.startsWith(`| ${name} `)) ?? "";
    expect(row).toContain(`| ${meaning} |`);
    // The footnote about classes that do not fail the check.
    expect(row.includes("¹")).toBe(outcome === "tolerated");
  });

  it.each(classNames)("have an entry in the runbook, where reports point: %s", (name) => {
    const [, entry = ""] = runbook.split(`\n## ${name}\n`);
    const [text = ""] = entry.split("\n## ");
    const parts = failing.includes(name) ? ["Means", "Cause", "Do", "Do not"] : ["Means", "Do"];
    for (const part of parts) expect(text).toContain(`- **${part}:** `);
    // As GitHub derives the anchor from the heading.
    expect(runbookUrl(name)).toMatch(new RegExp(`/docs/runbook.md#${name.replace(" ", "-")}$`));
  });

  it("have a repair if somebody must act now, and a sentence that says why", () => {
    for (const { urgency, situation, repair } of Object.values(driftClasses)) {
      expect(situation !== undefined).toBe(urgency === "now");
      if (urgency === "now") expect(repair).toBeDefined();
    }
  });
});
