const { readFileSync } = require("node:fs");

/**
 * A Jest reporter that prints how many tests passed, failed or were skipped, per project and in total,
 * and what the tests counted themselves.
 */
module.exports = class TestCounts {
  counts = new Map();

  onTestResult({ context }, { numPassingTests, numFailingTests, numPendingTests, testExecError }) {
    const project = context.config.displayName.name;
    const { passed, failed, skipped } = this.counts.get(project) ?? noTests;
    this.counts.set(project, {
      passed: passed + numPassingTests,
      failed: failed + numFailingTests + (testExecError ? 1 : 0),
      skipped: skipped + numPendingTests,
    });
  }

  onRunComplete() {
    const total = { ...noTests };
    for (const [project, counts] of this.counts) {
      console.log(`${project}: ${formatCounts(counts)}`);
      for (const key of Object.keys(total)) total[key] += counts[key];
    }
    for (const [name, number] of this.countsOfTests()) console.log(`${name}: ${number}`);
    console.log(formatCounts(total));
  }

  countsOfTests() {
    const sums = new Map();
    // `tools/test.mts` creates the file.
    const file = process.env.PULUMI_VCC_TEST_COUNTS;
    for (const line of file ? readFileSync(file, "utf8").split("\n") : []) {
      if (line === "") continue;
      const { name, number } = JSON.parse(line);
      sums.set(name, (sums.get(name) ?? 0) + number);
    }
    return sums;
  }
};

const noTests = { passed: 0, failed: 0, skipped: 0 };

function formatCounts({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
