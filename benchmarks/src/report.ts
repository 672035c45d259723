import colors from 'picocolors';
import { type Endpoint, type Result, resultOf } from './results.js';
import type { Row } from './rows.js';
import { ratio } from './statistics.js';
import { systemNames } from './systems/system.js';
import { type Column, formatMilliseconds, formatNumber, formatTable } from './table.js';
import { judge, times, type Verdict } from './targets.js';

export interface Circumstances {
  /** Where DynamoDB Local came from. */
  readonly backend: string;
  readonly rounds: number;
}

const columns: readonly Column[] = [
  { title: '', align: 'left' },
  { title: 'wall ms', align: 'right' },
  { title: '× raw', align: 'right' },
  { title: 'CPU ms', align: 'right' },
  { title: '× raw', align: 'right' },
  { title: 'requests', align: 'right' },
  { title: 'read units', align: 'right' },
  { title: 'write units', align: 'right' },
];

const footnotes = [
  'Everything is per operation. "× raw" divides by the line "raw": the SDK alone, doing the least possible.',
  'CPU is that of this process: DynamoDB Local and the stub run in others.',
  'Units are those that DynamoDB reports. DynamoDB Local reports 4 for any transaction, so transactions are computed as AWS',
  'charges them: 2 write units for each started KB of each item, 1 for each started KB in a secondary index. A write whose',
  'condition failed is charged too. In the race, every system waits between attempts as Everfold does.',
  'load-10000-snapshots: Castore has no snapshots and loads all events; raw reads one item that holds the state.',
];

/** The outcome for people. */
export function formatReport(rows: readonly Row[], results: readonly Result[], circumstances: Circumstances): string {
  const { backend, rounds } = circumstances;
  const stubbed = rows.filter(({ onStub }) => onStub);
  return [
    colors.bold('Everfold beside the raw SDK, Castore and event-store-adapter-js'),
    `Medians of up to ${rounds} interleaved rounds on one DynamoDB Local (${backend}), Node ${process.version}: the same events of ~450`,
    'bytes, the same client settings, a table for each. benchmarks/README.md says what each system does.',
    '',
    ...formatRows(rows, results, 'dynamodb-local'),
    '',
    ...(stubbed.length === 0
      ? []
      : [
          colors.bold("On a stub that answers at once: the client's own cost"),
          '',
          ...formatRows(stubbed, results, 'stub'),
          '',
        ]),
    ...footnotes.map((line) => colors.dim(line)),
    '',
    ...formatOutcome(results),
  ].join('\n');
}

function formatRows(rows: readonly Row[], results: readonly Result[], endpoint: Endpoint): string[] {
  const lines = rows.flatMap(({ name, title }) => [
    colors.bold(`${name}`) + colors.dim(`  ${title}`),
    ...systemNames.flatMap((system) => {
      const result = resultOf(results, name, system, endpoint);
      return result === undefined ? [] : [toCells(result, resultOf(results, name, 'raw', endpoint))];
    }),
  ]);
  return formatTable(columns, lines);
}

function toCells(result: Result, raw: Result | undefined): string[] {
  const beside = (value: number, base: number | undefined) => {
    const compared = ratio(value, base);
    return compared === undefined ? '' : times(compared);
  };
  return [
    `  ${result.system}`,
    formatMilliseconds(result.wallMs),
    beside(result.wallMs, raw?.wallMs),
    formatMilliseconds(result.cpuMs),
    beside(result.cpuMs, raw?.cpuMs),
    formatNumber(result.requests),
    formatNumber(result.readUnits),
    formatNumber(result.writeUnits),
  ];
}

function formatOutcome(results: readonly Result[]): string[] {
  const verdicts = judge(results);
  return verdicts.length === 0 ? [] : [...formatVerdicts(verdicts), ...formatRace(results)];
}

/** How targets came out, for people. */
export function formatVerdicts(verdicts: readonly Verdict[]): string[] {
  const lines = verdicts.map(({ text, limit, measured, isMet }) => [
    isMet ? '  met' : '  NOT MET',
    text,
    limit,
    times(measured),
  ]);
  const verdictColumns: readonly Column[] = [
    { title: '', align: 'left' },
    { title: 'target', align: 'left' },
    { title: 'limit', align: 'left' },
    { title: 'measured', align: 'right' },
  ];
  const [titles = '', ...formatted] = formatTable(verdictColumns, lines);
  return [
    colors.bold(titles),
    ...formatted.map((line, index) => (verdicts[index]?.isMet ? colors.green(line) : colors.yellow(line))),
  ];
}

/** A run in which a race went wrong does not come this far. */
function formatRace(results: readonly Result[]): string[] {
  const landed = systemNames.flatMap((system) => {
    const result = resultOf(results, 'race-100', system);
    return result === undefined ? [] : [`${system} ${formatNumber(result.requests)}`];
  });
  if (landed.length === 0) return [];
  return [
    colors.green('  met      race-100: one writer won each of the versions 1 to 100, and every writer landed once'),
    `           requests per success: ${landed.join(', ')}`,
  ];
}
