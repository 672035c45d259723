#!/usr/bin/env node
import { parseArguments } from './arguments.js';
import { compareBundles } from './bundles/compare-bundles.js';
import { formatBundles } from './bundles/report.js';
import { toBundleLine } from './bundles/results.js';
import { compare } from './compare.js';
import { formatConsumers } from './consumers/report.js';
import { toConsumerLine } from './consumers/results.js';
import { showProgress } from './progress.js';
import { formatReport } from './report.js';
import { toJsonLine } from './results.js';

// The SDK's word about Node 20 is for its users, not for readers of a table.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const options = parseArguments(process.argv);
const progress = showProgress(process.stderr);

try {
  const bundles = options.bundles ? await compareBundles(options.rounds, progress.show) : [];
  const isCompared = options.rows.length > 0 || options.consumerRows.length > 0;
  const { results, consumers, backend } = isCompared
    ? await compare(options, progress.show)
    : { results: [], consumers: [], backend: '' };
  progress.clear();
  const lines = options.json
    ? [...results.map(toJsonLine), ...consumers.map(toConsumerLine), ...bundles.map(toBundleLine)]
    : [
        ...(results.length === 0 ? [] : [formatReport(options.rows, results, { backend, rounds: options.rounds })]),
        ...(consumers.length === 0 ? [] : [formatConsumers(options.consumerRows, consumers)]),
        ...(bundles.length === 0 ? [] : [formatBundles(bundles)]),
      ];
  console.log(lines.join(options.json ? '\n' : '\n\n'));
} catch (error) {
  progress.clear();
  console.error(`The benchmark FAILED: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
