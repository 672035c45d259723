import { setTimeout as sleep } from 'node:timers/promises';
import { isEverfoldError } from '@everfold/core';
import { type Consumption, inParallel } from '@everfold/dynamodb-store';
import type { Line } from '../events.js';
import type { PlaceOrder } from '../orders/place-order.js';
import { type Audit, audit, countEvents, knownOrders, unfinished } from './audit.js';
import { type OrderLine, readOrders } from './orders-file.js';
import { demandOf, toPlaceOrder } from './recorded-order.js';
import type { LocalService } from './run-locally.js';

/** A line of the file that did not become an order. */
export interface Refusal {
  readonly line: number;
  readonly reason: string;
}

/** What became of a file of orders: from the read models and the books, never from the file. */
export interface Summary extends Audit, Consumption {
  readonly events: number;
  readonly seconds: number;
  readonly backend: string;
}

export interface OrdersRun {
  readonly summary: Summary;
  readonly refusals: readonly Refusal[];
  /** Orders that have not come to an end. */
  readonly unfinished: number;
}

/** How a file of orders is run. */
export interface RunOptions {
  /** How many orders are being placed at a time. */
  readonly concurrency: number;
  /** Called with how many orders the file has, and then with how many have ended so far. */
  readonly onStart?: (orders: number) => void;
  readonly onProgress?: (ended: number) => void;
}

/** How long nothing may happen before the orders that are left are given up, milliseconds. */
const PATIENCE_MS = 60_000;

/** How long nothing may be heard before the read models are asked which orders have ended, milliseconds. */
const QUIET_MS = 2_000;

/** Hears of the ends of orders; the service calls it while it runs. */
export class EndCounter {
  readonly #ended = new Set<string>();

  get count(): number {
    return this.#ended.size;
  }

  add(orderId: string): void {
    this.#ended.add(orderId);
  }
}

/**
 * Puts into stock what the orders will want, places them through `POST /orders`, and waits until each has ended. What an
 * earlier run has done of it on the same tables counts, and is not done again.
 */
export async function runOrders(
  service: LocalService,
  path: string,
  ends: EndCounter,
  options: RunOptions,
): Promise<OrdersRun> {
  const refusals: Refusal[] = [];
  const orders = await readFile(path, refusals);
  options.onStart?.(orders.length);

  const begin = performance.now();
  const known = await addEnded(service, ends);
  const demand = [...totalDemand(orders, known)];
  await inParallel(demand, options.concurrency, ([productId, units]) => receive(service, productId, units));
  let ended = -1;
  const tick = () => {
    if (ends.count !== ended) options.onProgress?.(ends.count);
    ended = ends.count;
  };
  const placed = new Set<string>();
  await inParallel(orders, options.concurrency, async ({ line, customerId, order }) => {
    const refusal = await place(service, customerId, order);
    if (refusal === undefined) placed.add(order.orderId ?? '');
    else refusals.push({ line, reason: refusal });
    tick();
  });
  const report = await untilAtRest(service, placed.size, ends, tick);
  const seconds = Math.round(performance.now() - begin) / 1000;
  const consumption = service.consumption();

  const events = await countEvents(service.commits());
  const summary = { ...report, events, ...consumption, seconds, backend: service.backend };
  return { summary, refusals: refusals.sort((one, other) => one.line - other.line), unfinished: unfinished(report) };
}

interface PlacedOrder {
  readonly line: number;
  readonly customerId: string;
  readonly order: PlaceOrder;
  readonly demand: readonly Line[];
}

async function readFile(path: string, refusals: Refusal[]): Promise<PlacedOrder[]> {
  const orders: PlacedOrder[] = [];
  for await (const line of readOrders(path)) {
    if (isProblem(line)) refusals.push({ line: line.number, reason: line.problem });
    else {
      const { number, order } = line;
      orders.push({
        line: number,
        customerId: order.customerId,
        order: toPlaceOrder(order),
        demand: demandOf(order),
      });
    }
  }
  return orders;
}

/**
 * What has to be received of each product that is wanted by an order which is not known. What the others want was received
 * before they were placed.
 */
function totalDemand(orders: readonly PlacedOrder[], known: ReadonlySet<string>): Map<string, number> {
  const total = new Map<string, number>();
  for (const { productId, units } of orders.flatMap(({ demand }) => demand)) {
    total.set(productId, (total.get(productId) ?? 0) + units);
  }
  const wanted = orders.filter(({ order }) => !known.has(order.orderId ?? '')).flatMap(({ demand }) => demand);
  const products = new Set(wanted.map(({ productId }) => productId));
  return new Map([...total].filter(([productId]) => products.has(productId)));
}

function isProblem(line: OrderLine): line is Extract<OrderLine, { problem: string }> {
  return 'problem' in line;
}

/** Receives the goods once, however often the file is run on the same tables. */
async function receive({ stock }: LocalService, productId: string, units: number): Promise<void> {
  try {
    await stock.execute(productId, 'receive', { units }, { expectedVersion: 0 });
  } catch (error) {
    if (!isEverfoldError(error, 'VERSION_MISMATCH')) throw error;
  }
}

/** @returns Why the order was not taken, or `undefined`. */
async function place({ callers }: LocalService, customerId: string, order: PlaceOrder): Promise<string | undefined> {
  const response = await callers.customer(customerId).invoke('POST', '/orders', order);
  if (response.status === 202) return undefined;
  return `POST /orders answered ${response.status}: ${await response.text()}`;
}

/**
 * Adds the ends that an earlier run has heard of, and this one not.
 *
 * @returns The orders that are known already.
 */
async function addEnded({ audited }: LocalService, ends: EndCounter): Promise<ReadonlySet<string>> {
  const known = new Set<string>();
  for await (const { orderId, hasEnded } of knownOrders(audited)) {
    known.add(orderId);
    if (hasEnded) ends.add(orderId);
  }
  return known;
}

/** Audits until every order has ended and the read models know it, or nothing has happened for too long. */
async function untilAtRest(service: LocalService, placed: number, ends: EndCounter, tick: () => void): Promise<Audit> {
  const heard = new Activity();
  // Read models may be far behind the stream that tells of the ends.
  const read = new Activity();
  while (true) {
    while (ends.count < placed && heard.quietMs < PATIENCE_MS) {
      await sleep(100);
      if (heard.quietMs > QUIET_MS) {
        await sleep(QUIET_MS);
        await addEnded(service, ends);
      }
      heard.observe(ends.count);
      tick();
    }
    const report = await audit(service.audited);
    if (unfinished(report) === 0 && report.orders >= placed) return report;
    read.observe(JSON.stringify(report));
    if (Math.min(heard.quietMs, read.quietMs) >= PATIENCE_MS) return report;
    await sleep(250);
  }
}

/** For how long nothing has happened. */
class Activity {
  #seen: string | number = '';
  #at = performance.now();

  get quietMs(): number {
    return performance.now() - this.#at;
  }

  /** @param what - Something else each time that something has happened. */
  observe(what: string | number): void {
    if (what === this.#seen) return;
    this.#seen = what;
    this.#at = performance.now();
  }
}
