// Adds up the JSON reports of the named suites in a folder. A file that does not even load has no tests to count, but must
// not look like success; nor must a suite that wrote no report.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder, ...suites] = process.argv.slice(2);
const total = { passed: 0, failed: 0, skipped: 0 };
for (const suite of suites) {
  const path = join(folder, `${suite}.json`);
  const report = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
  if (!report?.numPassedTests) {
    console.log(`The suite ${suite} reported no passed test.`);
    total.failed += 1;
  }
  if (report === undefined) continue;
  const unloaded = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  total.passed += report.numPassedTests;
  total.failed += report.numFailedTests + unloaded.length;
  total.skipped += report.numPendingTests;
}
if (suites.length === 0) total.failed += 1;
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
process.exitCode = total.failed > 0 ? 1 : 0;
