#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { showProgress } from './progress.js';
import { compareRebuilds, parts } from './rebuild/compare-rebuilds.js';
import { formatRebuilds } from './rebuild/report.js';

// The SDK's word about Node 20 is for its users, not for readers of a table.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '7' },
    /** Some of what there is to look at, with commas between. */
    parts: { type: 'string', default: parts.join(',') },
  },
});
const progress = showProgress(process.stderr);
try {
  const wanted = values.parts.split(',');
  const plan = {
    events: Number(values.events),
    rounds: Number(values.rounds),
    parts: parts.filter((part) => wanted.includes(part)),
  };
  const report = await compareRebuilds(plan, progress.show);
  progress.clear();
  console.log(formatRebuilds(report));
} catch (error) {
  progress.clear();
  console.error(`The benchmark FAILED: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
