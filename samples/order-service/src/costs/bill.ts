import { InvalidArgumentError } from '@everfold/core';
import { type Assumptions, parsePairs } from './assumptions.js';
import { OUTCOMES, type Outcome } from './consumption.js';
import { MissingPriceError, PRICED, type PriceName, type Prices, type Service } from './prices.js';
import { recordsPerSecond, type Usage, usageOfIdleMonth, usageOfOrder } from './usage.js';

const NAMES = Object.keys(OUTCOMES) as Outcome[];
const ALL_PRICES = Object.keys(PRICED) as PriceName[];

/** How large a part of the orders has which outcome; all parts together are 1. */
export type Mix = Readonly<Record<Outcome, number>>;

const USUAL: Mix = {
  completed: 0.95,
  'not-in-stock': 0.01,
  declined: 0.015,
  'not-shipped': 0.005,
  approved: 0.015,
  refused: 0.0025,
  cancelled: 0.0025,
};

/** One thing on a bill. */
export interface Item {
  readonly price: PriceName;
  readonly quantity: number;
  readonly usd: number;
}

export interface OrderBill {
  readonly outcome: Outcome;
  readonly usdByService: Readonly<Partial<Record<Service, number>>>;
  readonly usd: number;
}

export interface Bill {
  readonly region: string;
  readonly orders: number;
  readonly mix: Mix;
  readonly assumptions: Assumptions;
  /** What one order comes to, of each outcome. */
  readonly perOrder: readonly OrderBill[];
  /** What the orders of a month come to. */
  readonly ordered: readonly Item[];
  /** What a month comes to in which nobody orders. */
  readonly idle: readonly Item[];
  readonly usd: number;
}

/**
 * The usual mix of outcomes, or the one that is given: what it leaves out does not happen.
 *
 * @param text - Such as `completed=0.9,declined=0.1`.
 * @throws InvalidArgumentError when an outcome is none, or the parts are not 1 together.
 */
export function parseMix(text?: string): Mix {
  if (text === undefined) return USUAL;
  const given = parsePairs(text, NAMES, 'outcome');
  const sum = Object.values(given).reduce((total, part) => total + part, 0);
  if (Math.abs(sum - 1) > 1e-9)
    throw new InvalidArgumentError(`The parts of the mix "${text}" are ${sum} together. Make them 1.`);
  return { ...(Object.fromEntries(NAMES.map((name) => [name, 0])) as Mix), ...given };
}

/**
 * Prices a month with so many orders, and one order of each outcome in it. Free tiers are left out, and so are the lower
 * prices that follow upon large amounts.
 *
 * @throws MissingPriceError when something is used whose price is not known.
 */
export function billOf(orders: number, mix: Mix, prices: Prices, assumptions: Assumptions): Bill {
  const perSecond = recordsPerSecond(
    orders,
    mean(mix, (outcome) => OUTCOMES[outcome].consumption.records),
  );
  const usages = new Map(
    NAMES.map((outcome) => [outcome, usageOfOrder(OUTCOMES[outcome].consumption, perSecond, assumptions)]),
  );
  const ofOrders = Object.fromEntries(
    ALL_PRICES.map((name) => [name, orders * mean(mix, (outcome) => usages.get(outcome)?.[name] ?? 0)]),
  ) as Usage;
  const ofNone = usageOfIdleMonth(assumptions);
  checkPrices([ofOrders, ofNone, ...usages.values()], prices);
  const ordered = priced(ofOrders, prices);
  const idle = priced(ofNone, prices);
  return {
    region: prices.region,
    orders,
    mix,
    assumptions,
    perOrder: [...usages].map(([outcome, usage]) => orderBill(outcome, priced(usage, prices))),
    ordered,
    idle,
    usd: total(ordered) + total(idle),
  };
}

/** All items together. */
export function total(items: readonly Item[]): number {
  return items.reduce((sum, { usd }) => sum + usd, 0);
}

/** Items by whose bill they are on, in the order in which services are listed. */
export function byService(items: readonly Item[]): Readonly<Partial<Record<Service, number>>> {
  const sums: Partial<Record<Service, number>> = {};
  for (const { price, usd } of items) sums[PRICED[price].service] = (sums[PRICED[price].service] ?? 0) + usd;
  return sums;
}

function orderBill(outcome: Outcome, items: readonly Item[]): OrderBill {
  return { outcome, usdByService: byService(items), usd: total(items) };
}

/** What is not used needs no price. */
function checkPrices(usages: readonly Usage[], { region, of }: Prices): void {
  const missing = ALL_PRICES.filter((name) => of[name] === undefined && usages.some((usage) => usage[name] > 0));
  if (missing.length > 0) throw new MissingPriceError(region, missing);
}

function priced(usage: Usage, { of }: Prices): readonly Item[] {
  return ALL_PRICES.flatMap((name) => {
    const price = of[name];
    const quantity = usage[name];
    if (price === undefined || quantity === 0) return [];
    return [{ price: name, quantity, usd: (quantity / price.per) * price.usd }];
  });
}

function mean(mix: Mix, of: (outcome: Outcome) => number): number {
  return NAMES.reduce((sum, outcome) => sum + mix[outcome] * of(outcome), 0);
}
