/** A Jest reporter that prints how many tests passed, failed or were skipped, per project and in total. */
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
    console.log(formatCounts(total));
  }
};

const noTests = { passed: 0, failed: 0, skipped: 0 };

function formatCounts({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
