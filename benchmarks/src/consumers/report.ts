import colors from 'picocolors';
import { type Column, formatMilliseconds, formatNumber, formatTable } from '../table.js';
import { times } from '../targets.js';
import { EVENTS, STREAMS } from './batch.js';
import { type ConsumerResult, perSecond } from './results.js';
import type { ConsumerRow } from './row.js';

const columns: readonly Column[] = [
  { title: '', align: 'left' },
  { title: 'per second', align: 'right' },
  { title: 'rate', align: 'right' },
  { title: 'wall ms', align: 'right' },
  { title: 'CPU ms', align: 'right' },
  { title: 'requests', align: 'right' },
  { title: 'writes', align: 'right' },
  { title: 'read units', align: 'right' },
  { title: 'write units', align: 'right' },
];

const footnotes = [
  'Everything but the rate is per batch. "rate" divides by the other line of the row. Writes are items that were written.',
  'naive is one UpdateItem for each event. It has no duplicates dropped, no order, no gaps filled. raw is PutEvents by ten',
  'entries, on a bus that answers at once. It looks at nothing that the bus refuses, and keeps no order.',
];

/** What consumers came to, for people. */
export function formatConsumers(rows: readonly ConsumerRow[], results: readonly ConsumerResult[]): string {
  const lines = rows.flatMap(({ name, title, unit }) => {
    const ofRow = results.filter(({ row }) => row === name);
    const base = ofRow.find(({ system }) => system !== 'everfold');
    return [
      colors.bold(name) + colors.dim(`  ${title}; ${unit} a second`),
      ...ofRow.map((result) => toCells(result, base ?? result)),
    ];
  });
  return [
    colors.bold(`Consumers: a batch of ${formatNumber(EVENTS)} events of ${STREAMS} streams, three in each record`),
    '',
    ...formatTable(columns, lines),
    '',
    ...footnotes.map((line) => colors.dim(line)),
  ].join('\n');
}

function toCells(result: ConsumerResult, base: ConsumerResult): string[] {
  return [
    `  ${result.system}`,
    Math.round(perSecond(result)).toLocaleString('en'),
    times(perSecond(result) / perSecond(base)),
    formatMilliseconds(result.wallMs),
    formatMilliseconds(result.cpuMs),
    formatNumber(result.requests),
    formatNumber(result.writes),
    formatNumber(result.readUnits),
    formatNumber(result.writeUnits),
  ];
}
