// Adds up the JSON reports of Vitest named on the command line and prints one line: N passed, N failed
import { readFileSync } from 'node:fs';

let passed = 0;
let failed = 0;

for (const path of process.argv.slice(2)) {
  const { testResults, success } = JSON.parse(readFileSync(path, 'utf8'));
  const tests = (testResults ?? []).flatMap(({ assertionResults }) => assertionResults);
  const broken = tests.filter(({ status }) => status === 'failed').length;
  passed += tests.filter(({ status }) => status === 'passed').length;
  // A file that could not be loaded, or a run that never started, has no failed test of its own.
  failed += success ? broken : Math.max(broken, 1);
}

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
