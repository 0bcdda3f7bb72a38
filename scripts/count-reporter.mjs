/** A vitest reporter that ends the run with one line: `123 passed, 0 failed`. */
export default class CountReporter {
  onTestRunEnd(modules, unhandledErrors) {
    let passed = 0;
    let failed = unhandledErrors.length;
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') passed++;
        else if (state === 'failed') failed++;
      }
      // A file that cannot even be loaded has no tests to count.
      if (module.errors().length > 0) failed++;
    }
    console.log(`\n${passed} passed, ${failed} failed`);
  }
}
