// Everything that holds the house in order, a line each: npm run check
import { run } from './command.js';

const turbo = 'turbo run --output-logs=errors-only --log-order=grouped';

/** @type {readonly (readonly [name: string, line: string])[]} */
const checks = [
  ['style, arrows, clocks and casts', 'biome check --error-on-warnings --max-diagnostics=200 .'],
  ['types of packages, samples and tests', `${turbo} build`],
  ['types of scripts', 'tsc -p scripts'],
  ['sagas that runs under way can go on with', 'node scripts/verify-shapes.js'],
  ['unused files, exports and dependencies', 'knip --no-progress --no-config-hints'],
  ['exports of each package', `${turbo} check:exports`],
];

for (const [name, line] of checks) {
  const start = performance.now();
  const { failed, output } = await run(line);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${failed ? 'FAILED' : '    ok'}  ${name} (${seconds} s)`);
  if (!failed) continue;
  process.exitCode = 1;
  console.log(`\n${output.trimEnd()}\n`);
}
