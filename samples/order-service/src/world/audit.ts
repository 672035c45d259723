import type { Commit } from '@everfold/core';
import { createReader, type RowQueries } from '@everfold/projections';
import type { Mailer } from '../notifications/mailer.js';
import type { PaymentProvider } from '../payments/payment-provider.js';
import { allRows } from '../read-models/all-rows.js';
import { type OrderView, orderView } from '../read-models/order-view.js';
import { revenue } from '../read-models/revenue.js';
import type { Carrier } from '../shipments/carrier.js';

/** What the read models say, and the books of the payment provider and the carrier. */
export interface Audit {
  readonly orders: number;
  readonly completed: number;
  readonly cancelledInventory: number;
  readonly cancelledPayment: number;
  readonly cancelledShipping: number;
  /** Refused by whoever had to approve them, or not approved in time. */
  readonly cancelledApproval: number;
  /** Cancelled by their customers. */
  readonly cancelledCustomer: number;
  /** Captured by the provider in all, also what was given back. */
  readonly capturedCents: number;
  readonly refundedCents: number;
  readonly shipments: number;
  readonly unitsShipped: number;
  /** Units held for orders that are neither shipped nor cancelled. */
  readonly unitsHeld: number;
  readonly revenueCentsByDay: Readonly<Record<string, number>>;
  /** Orders in that revenue. */
  readonly revenueOrders: number;
  /** Customers who were told how their order ended. */
  readonly notified: number;
}

/** What is audited. */
export interface Audited {
  readonly readModels: RowQueries;
  readonly provider: PaymentProvider;
  readonly carrier: Carrier;
  readonly mailer: Mailer;
}

/** Adds up the read models and the books. */
export async function audit({ readModels, provider, carrier, mailer }: Audited): Promise<Audit> {
  const views: OrderView[] = [];
  for await (const { row } of allRows(createReader(orderView, readModels))) views.push(row);
  const revenueCentsByDay: Record<string, number> = {};
  let revenueOrders = 0;
  for await (const { key, row } of allRows(createReader(revenue, readModels))) {
    revenueCentsByDay[key] = row.cents;
    revenueOrders += row.orders;
  }

  const books = { capturedCents: 0, refundedCents: 0, shipments: 0, unitsShipped: 0 };
  for await (const charge of provider.charges()) {
    if (charge.status === 'captured') books.capturedCents += charge.amountCents;
    books.refundedCents += charge.refundedCents;
  }
  for await (const parcel of carrier.parcels()) {
    if (parcel.status !== 'dispatched') continue;
    books.shipments += 1;
    books.unitsShipped += parcel.units;
  }

  let notified = 0;
  for await (const _mail of mailer.mails()) notified += 1;

  const cancelledAt = (place: OrderView['failedAt']) =>
    views.filter((view) => view.status === 'cancelled' && view.failedAt === place).length;
  return {
    orders: views.length,
    completed: views.filter(({ status }) => status === 'completed').length,
    cancelledInventory: cancelledAt('inventory'),
    cancelledPayment: cancelledAt('payment'),
    cancelledShipping: cancelledAt('shipping'),
    cancelledApproval: cancelledAt('approval'),
    cancelledCustomer: cancelledAt('customer'),
    ...books,
    unitsHeld: views.reduce((sum, { heldUnits }) => sum + heldUnits, 0),
    revenueCentsByDay,
    revenueOrders,
    notified,
  };
}

/** The orders that the read models know, and whether they have come to their end. */
export async function* knownOrders({
  readModels,
}: Pick<Audited, 'readModels'>): AsyncIterable<{ readonly orderId: string; readonly hasEnded: boolean }> {
  for await (const { row } of allRows(createReader(orderView, readModels))) {
    yield { orderId: row.orderId, hasEnded: row.status === 'completed' || row.status === 'cancelled' };
  }
}

/** How many orders have not come to their end, or are not in the revenue yet, or their customers not told. */
export function unfinished({ orders, completed, revenueOrders, notified, ...cancelled }: Audit): number {
  const { cancelledInventory, cancelledPayment, cancelledShipping, cancelledApproval, cancelledCustomer } = cancelled;
  const refused = cancelledInventory + cancelledPayment + cancelledShipping + cancelledApproval + cancelledCustomer;
  const ended = completed + refused;
  return orders - ended + Math.abs(completed - revenueOrders) + Math.abs(ended - notified);
}

/** Events in the store. */
export async function countEvents(
  commits: AsyncIterable<Pick<Commit, 'version' | 'last'>> | Iterable<Pick<Commit, 'version' | 'last'>>,
): Promise<number> {
  let events = 0;
  for await (const { version, last } of commits) events += last - version + 1;
  return events;
}
