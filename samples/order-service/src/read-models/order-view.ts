import type { RecordedEvent } from '@everfold/core';
import { type Changes, defineProjection, rowsOf, update } from '@everfold/projections';
import { fulfilmentEvents, unitsOf } from '../events.js';

export type OrderStatus = 'placed' | 'reserved' | 'paid' | 'shipped' | 'cancelling' | 'completed' | 'cancelled';

/** Something that happened to an order. */
export interface TimelineEntry {
  /** Id of the event. */
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  readonly type: string;
  readonly note?: string;
}

/** What can be seen of an order from outside. */
export interface OrderView {
  readonly orderId: string;
  readonly status: OrderStatus;
  /** Which participant could not do its part. */
  readonly failedAt?: 'inventory' | 'payment' | 'shipping';
  readonly customerId?: string;
  readonly placedAt?: string;
  readonly units?: number;
  readonly amountCents?: number;
  readonly trackingNumber?: string;
  /** Captured and not given back. */
  readonly paidCents: number;
  /** Units held in stock for the order. */
  readonly heldUnits: number;
  readonly timeline: readonly TimelineEntry[];
}

type OrderEvent = RecordedEvent<string, { readonly orderId: string }>;

/**
 * The participants write to streams of their own, and streams are not ordered among each other. So nothing here hangs on
 * the order of arrival: the status is the furthest that the order has come, and numbers are added up.
 */
export const orderView = defineProjection({
  name: 'orders',
  version: 1,
  events: fulfilmentEvents,
  rows: rowsOf<OrderView>(),
  on: {
    OrderPlaced: (event) => {
      const { customerId, placedAt, amountCents } = event.data.order;
      const units = unitsOf(event.data.order);
      return happened(event, `${units} unit(s), ${inReais(amountCents)}`, (view) => ({
        ...view,
        customerId,
        placedAt,
        amountCents,
        units,
      }));
    },
    InventoryReserved: (event) => {
      const units = unitsOf(event.data.order);
      return happened(event, `${units} unit(s) held`, (view) => ({ ...view, heldUnits: view.heldUnits + units }));
    },
    InventoryRejected: (event) => happened(event, event.data.reason, (view) => ({ ...view, failedAt: 'inventory' })),
    InventoryReleased: (event) =>
      happened(event, `${event.data.units} unit(s) back in stock`, (view) => ({
        ...view,
        heldUnits: view.heldUnits - event.data.units,
      })),
    InventoryIssued: (event) =>
      happened(event, `${event.data.units} unit(s) left the house`, (view) => ({
        ...view,
        heldUnits: view.heldUnits - event.data.units,
      })),
    PaymentCaptured: (event) =>
      happened(event, inReais(event.data.amountCents), (view) => ({
        ...view,
        paidCents: view.paidCents + event.data.amountCents,
      })),
    PaymentDeclined: (event) => happened(event, event.data.reason, (view) => ({ ...view, failedAt: 'payment' })),
    PaymentRefunded: (event) =>
      happened(event, inReais(event.data.amountCents), (view) => ({
        ...view,
        paidCents: view.paidCents - event.data.amountCents,
      })),
    ShipmentDispatched: (event) =>
      happened(event, event.data.trackingNumber, (view) => ({ ...view, trackingNumber: event.data.trackingNumber })),
    ShippingFailed: (event) => happened(event, event.data.reason, (view) => ({ ...view, failedAt: 'shipping' })),
    OrderCompleted: (event) => happened(event),
    OrderCancelled: (event) => happened(event, event.data.reason),
  },
  listed: ({ status, placedAt, orderId }) => ({ group: status, sort: `${placedAt ?? ''} ${orderId}` }),
});

/** How far an order has come, by what has happened to it: the last of these that has. */
const PROGRESS: readonly (readonly [type: string, status: OrderStatus])[] = [
  ['OrderPlaced', 'placed'],
  ['InventoryReserved', 'reserved'],
  ['PaymentCaptured', 'paid'],
  ['ShipmentDispatched', 'shipped'],
  ['PaymentDeclined', 'cancelling'],
  ['ShippingFailed', 'cancelling'],
  ['InventoryRejected', 'cancelling'],
  ['OrderCompleted', 'completed'],
  ['OrderCancelled', 'cancelled'],
];

/** Every status, for those who ask for orders by it. */
export const STATUSES = [...new Set(PROGRESS.map(([, status]) => status))];

function happened(
  event: OrderEvent,
  note?: string,
  change: (view: OrderView) => OrderView = (view) => view,
): Changes<OrderView> {
  const { orderId } = event.data;
  return update(orderId, (before) => {
    const view = change(before ?? { orderId, status: 'placed', paidCents: 0, heldUnits: 0, timeline: [] });
    const entry = { id: event.id, at: event.at, type: event.type, ...(note === undefined ? {} : { note }) };
    const timeline = [...view.timeline, entry].sort(inOrderOfTime);
    return { ...view, timeline, status: statusOf(timeline) };
  });
}

function statusOf(timeline: readonly TimelineEntry[]): OrderStatus {
  const types = new Set(timeline.map(({ type }) => type));
  return PROGRESS.findLast(([type]) => types.has(type))?.[1] ?? 'placed';
}

function inOrderOfTime(one: TimelineEntry, other: TimelineEntry): number {
  return one.at.localeCompare(other.at) || one.id.localeCompare(other.id);
}

function inReais(amountCents: number): string {
  return `${(amountCents / 100).toFixed(2)} BRL`;
}
