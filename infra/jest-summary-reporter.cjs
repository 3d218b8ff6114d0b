/** Closes a run with one line that people and CI can read: `Tests: N passed, N failed, N skipped`. */
module.exports = class JestSummaryReporter {
  onRunComplete(_contexts, results) {
    // A suite that could not even be loaded holds tests that nobody could count.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    const line = `Tests: ${results.numPassedTests} passed, ${failed} failed, ${skipped} skipped\n`;
    // Jest's own summary is always written after the reporters of the configuration.
    process.once('exit', () => process.stdout.write(line));
  }
};
