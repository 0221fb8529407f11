const { mkdtempSync, readFileSync, rmSync, writeFileSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");

/** A Jest reporter: how many tests of each kind ran, how many altogether, and what they counted. */
module.exports = class TestCounts {
  counts = new Map();

  onRunStart() {
    this.directory = mkdtempSync(join(tmpdir(), "pulumi-vcc-counts-"));
    // `test/counts.ts` appends a line of JSON for each count.
    process.env.PULUMI_VCC_TEST_COUNTS = join(this.directory, "counts.jsonl");
    writeFileSync(process.env.PULUMI_VCC_TEST_COUNTS, "");
  }

  onTestResult({ context }, { numPassingTests, numFailingTests, numPendingTests, testExecError }) {
    const kind = context.config.displayName.name;
    const { passed, failed, skipped } = this.counts.get(kind) ?? noTests;
    this.counts.set(kind, {
      passed: passed + numPassingTests,
      failed: failed + numFailingTests + (testExecError ? 1 : 0),
      skipped: skipped + numPendingTests,
    });
  }

  onRunComplete() {
    const total = { ...noTests };
    for (const [kind, counts] of this.counts) {
      console.log(`${kind}: ${sentence(counts)}`);
      for (const key of Object.keys(total)) total[key] += counts[key];
    }
    for (const [name, number] of this.countsOfTests()) console.log(`${name}: ${number}`);
    console.log(sentence(total));
  }

  countsOfTests() {
    const sums = new Map();
    for (const line of readFileSync(process.env.PULUMI_VCC_TEST_COUNTS, "utf8").split("\n")) {
      if (line === "") continue;
      const { name, number } = JSON.parse(line);
      sums.set(name, (sums.get(name) ?? 0) + number);
    }
    rmSync(this.directory, { recursive: true });
    return sums;
  }
};

const noTests = { passed: 0, failed: 0, skipped: 0 };

function sentence({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
