import { assume } from '../costs/assumptions.js';
import { type Bill, billOf, parseMix, total } from '../costs/bill.js';
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
