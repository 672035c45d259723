import colors from 'picocolors';
import { formatVerdicts } from '../report.js';
import { type Column, formatMilliseconds, formatTable } from '../table.js';
import { times } from '../targets.js';
import { type BundleResult, besideBare, hasCompileCache, judgeBundles } from './results.js';

const columns: readonly Column[] = [
  { title: '', align: 'left' },
  { title: 'own KB', align: 'right' },
  { title: 'SDK KB', align: 'right' },
  { title: 'libraries KB', align: 'right' },
  { title: 'wall ms', align: 'right' },
  { title: 'CPU ms', align: 'right' },
  { title: '× bare', align: 'right' },
  { title: '× bare on DynamoDB', align: 'right' },
  ...(hasCompileCache
    ? ([
        { title: 'cached CPU ms', align: 'right' },
        { title: '× bare', align: 'right' },
      ] as const)
    : []),
];

const footnotes = [
  'Import of a bundle in a process that has loaded nothing else. KB of 1,000 bytes, minified. "× bare" divides CPU times: by that of a',
  'bare SDK handler with the same clients, of the same settings; "× bare on DynamoDB" by that of one that has the DynamoDB client only.',
  hasCompileCache
    ? 'Cached: with what V8 compiled the last time, by NODE_COMPILE_CACHE.'
    : "This Node keeps no compiled code on disk; from 22.1 on, the imports with Node's compile cache are listed as well.",
];

/** What the bundles have and take, for people. */
export function formatBundles(results: readonly BundleResult[]): string {
  return [
    colors.bold('Bundles of the order service beside bare SDK handlers'),
    '',
    ...formatTable(
      columns,
      results.map((result) => toCells(result, results)),
    ),
    '',
    ...footnotes.map((line) => colors.dim(line)),
    '',
    ...formatVerdicts(judgeBundles(results)),
  ].join('\n');
}

function toCells(result: BundleResult, results: readonly BundleResult[]): string[] {
  const { name, bytes, plain, cached } = result;
  const kb = (count: number) => (count / 1_000).toFixed(1);
  const beside = (by?: Parameters<typeof besideBare>[2]) => times(besideBare(results, result, by) ?? Number.NaN);
  return [
    `  ${name}`,
    kb(bytes.own),
    kb(bytes.awsSdk),
    kb(bytes.libraries),
    formatMilliseconds(plain.wallMs),
    formatMilliseconds(plain.cpuMs),
    beside(),
    beside({ bare: 'bare-dynamodb' }),
    ...(cached === undefined ? [] : [formatMilliseconds(cached.cpuMs), beside({ mode: 'cached' })]),
  ];
}
