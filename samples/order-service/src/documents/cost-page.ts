import { assume } from '../costs/assumptions.js';
import { type Bill, billOf, parseMix, total } from '../costs/bill.js';
import { OUTCOMES } from '../costs/consumption.js';
import { queues, streams } from '../costs/deployed.js';
import { readPrices } from '../costs/prices.js';
import { dollars, monthTable, orderTable, toMarkdown } from '../costs/report.js';

/* The parts of pages that say what the order service costs. */

/** Regions all of whose prices are known, the one that pages are about first. */
const REGIONS = ['us-east-1', 'eu-west-1'] as const;

const VOLUMES = [10_000, 100_000, 1_000_000, 10_000_000];

/** What an order of each outcome comes to. */
export function ofOrders(): string {
  return toMarkdown(orderTable(usual()));
}

/** What a month with a million orders comes to. */
export function ofAMonth(): string {
  return toMarkdown(monthTable(usual()));
}

/** What a month comes to in each Region, by how many order. */
export function costsInRegions(): string {
  const rows = VOLUMES.map((orders) => [
    orders.toLocaleString('en'),
    ...REGIONS.map((region) => dollars(usual(orders, region).usd)),
  ]);
  return toMarkdown([['orders a month', ...REGIONS], ...rows]);
}

/** What the money goes into, and what can be done about it. */
export function drivers(): string {
  const { writeUnits, rowWriteUnits, eventBytes, rowBytes } = OUTCOMES.completed.consumption;
  const { pollers, keptMonths, logBytesPerCall } = assume();
  const kb = (bytes: number) => `${Math.round(bytes / 1_000)} KB`;
  const readers = streams.length;
  return toMarkdown([
    ['', 'what', 'what to do'],
    [
      'read models',
      `${rowWriteUnits} of the ${writeUnits + rowWriteUnits} write units of an order that is completed: each of its events moves a row, and its place in the index, each in a write of its own`,
      '`windowSeconds` in `functions.ts`: of events that come in one batch, a row takes one write, but the streams of an order lie in several shards, and each has batches of its own. A projection that nobody reads is not free',
    ],
    [
      'storage',
      `${keptMonths} months of orders, at ${kb(eventBytes)} of events and ${kb(rowBytes)} of rows each; the index has the rows once more, and recovery all of the tables`,
      "it hangs on `keptMonths`: what happened is kept for good. DynamoDB's table class Standard-IA has storage at two fifths of the price and requests at five quarters (AWS Price List, offer AmazonDynamoDB, published 2026-08-15); the constructs do not set it",
    ],
    [
      'Lambda',
      `${readers} functions read the stream: whatever is recorded calls each of them, while there is too little going on to share batches`,
      '`windowSeconds` again; memory by `tuning`, once durations are measured',
    ],
    [
      'logs',
      `${kb(logBytesPerCall)} for each call, most of it Lambda's own lines`,
      'a higher log level; and what makes fewer calls',
    ],
    [
      'SQS',
      'three requests for each event that a rule sends',
      'the price of [retries that last](decisions/0040-rules-fill-queues.md)',
    ],
    [
      'no orders',
      `alarms, a dashboard, and ${queues} queues that are asked though they are empty, by ${pollers} pollers every 20 seconds`,
      'most accounts pay neither for the first ten alarms nor for three dashboards',
    ],
  ]);
}

/** The sentence of the README. */
export function costOfDeploying(): string {
  const bill = usual();
  const [here, there] = REGIONS;
  return [
    `A million orders a month come to ${Math.round(bill.usd)} USD in ${here} and ${Math.round(usual(1_000_000, there).usd)} in ${there}, ` +
      `a month without any to ${Math.round(total(bill.idle))}, at list prices`,
    'and without free tiers. `npm run cost -- --region … --orders …` prices yours, and [what it costs](docs/cost.md) says what drives it.',
  ].join('\n');
}

function usual(orders = 1_000_000, region: string = REGIONS[0]): Bill {
  return billOf(orders, parseMix(), readPrices(region), assume());
}
