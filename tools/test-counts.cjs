/** A Jest reporter: how many tests of each kind ran, and how many altogether. */
module.exports = class TestCounts {
  counts = new Map();

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
    console.log(sentence(total));
  }
};

const noTests = { passed: 0, failed: 0, skipped: 0 };

function sentence({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
