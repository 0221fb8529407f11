import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { probes } from "../../cli/conformance/probes";
import { read, root } from "./documents";

const document = "docs/conformance.md";
const row = (cells: string[]) => `| ${cells.join(" | ")} |`;

function replaceTable(text: string, name: string, lines: string[]): string {
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const table = [start, ...lines, end].join("\n");
  return text.replace(new RegExp(`${start}.*${end}`, "s"), () => table);
}

describe("docs/conformance.md", () => {
  it("has the lines of the probe table; WRITE_DOCUMENT=1 updates it", () => {
    const relied = probes.flatMap(({ statement, documented, reliance }) =>
      reliance ? [row([statement, documented, reliance.breaks, reliance.advice, ""])] : [],
    );
    const asked = probes.map((probe) =>
      row([
        probe.kind === "switch" ? `\`${probe.id}\`` : probe.statement,
        "unknowable" in probe ? `cannot be told: ${probe.unknowable}` : probe.question.sends,
      ]),
    );
    const reliance = [
      row(["promise", "documented", "breaks otherwise", "what to do", "results of users"]),
      row(["---", "---", "---", "---", "---"]),
      ...relied,
    ];
    const questions = [row(["promise or switch", "asked with"]), row(["---", "---"]), ...asked];
    const text = replaceTable(
      replaceTable(read(document), "reliance", reliance),
      "questions",
      questions,
    );
    if (process.env.WRITE_DOCUMENT) writeFileSync(join(root, document), text);
    expect(read(document)).toBe(text);
  });
});
