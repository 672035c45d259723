import { type DeciderOf, type Decision, type EventOf, RejectedError } from '@everfold/core';
import type { Outcome } from '@everfold/saga';
import { type Line, type Order, unitsOf } from '../events.js';
import type { inventoryEvents } from '../fulfilment-events.js';
import type { stock } from './stock.js';

type Inventory<TType extends keyof typeof inventoryEvents> = Outcome<
  Extract<EventOf<typeof inventoryEvents>, { type: TType }>
>;

/**
 * Holds, releases and issues the goods of orders. It appends nothing: what it decides is committed with the outcome of the step, all of
 * it or nothing.
 */
export class Warehouse {
  readonly #stock: DeciderOf<typeof stock>;

  constructor(decider: DeciderOf<typeof stock>) {
    this.#stock = decider;
  }

  /** Holds all of an order, or the lines that are in stock where the customer accepts that. */
  async reserve(
    orderId: string,
    wanted: Order,
  ): Promise<Inventory<'InventoryReserved'> | Inventory<'InventoryRejected'>> {
    const lines = await Promise.all(wanted.lines.map((line) => this.#hold(orderId, line)));
    const missing = lines.flatMap(({ line, refusal }) => (refusal === undefined ? [] : [line]));
    const refusal = lines.find((each) => each.refusal !== undefined)?.refusal;
    if (refusal !== undefined && !(wanted.acceptPartial && missing.length < lines.length))
      return { type: 'InventoryRejected', data: { orderId, reason: `out of stock: ${refusal}` } };
    const order = without(wanted, missing);
    const decisions = lines.flatMap(({ decision }) => decision ?? []);
    return { type: 'InventoryReserved', data: { orderId, order, ...(missing.length > 0 && { missing }) }, decisions };
  }

  async release(orderId: string, order: Order, reason: string): Promise<Inventory<'InventoryReleased'>> {
    const decisions = await forEachLine(order, (line) => this.#stock.decide(line.productId, 'release', { orderId }));
    return { type: 'InventoryReleased', data: { orderId, units: unitsOf(order), reason }, decisions };
  }

  async issue(orderId: string, order: Order): Promise<Inventory<'InventoryIssued'>> {
    const decisions = await forEachLine(order, (line) => this.#stock.decide(line.productId, 'issue', { orderId }));
    return { type: 'InventoryIssued', data: { orderId, units: unitsOf(order), order }, decisions };
  }

  /** Decides to hold the units of a line, or says why that cannot be. */
  async #hold(
    orderId: string,
    line: Line,
  ): Promise<{ readonly line: Line; readonly decision?: Decision | undefined; readonly refusal?: string }> {
    try {
      return { line, decision: await this.#stock.decide(line.productId, 'reserve', { orderId, units: line.units }) };
    } catch (error) {
      if (!(error instanceof RejectedError)) throw error;
      return { line, refusal: `${line.productId}: ${error.message}` };
    }
  }
}

/** Decides for every line of an order. */
async function forEachLine(order: Order, decide: (line: Line) => Promise<Decision | undefined>): Promise<Decision[]> {
  const decisions = await Promise.all(order.lines.map(decide));
  return decisions.filter((decision) => decision !== undefined);
}

/** What of an order is left without some of its lines. */
function without(order: Order, missing: readonly Line[]): Order {
  if (missing.length === 0) return order;
  const lines = order.lines.filter((line) => !missing.includes(line));
  return { ...order, lines, amountCents: lines.reduce((sum, { amountCents = 0 }) => sum + amountCents, 0) };
}
