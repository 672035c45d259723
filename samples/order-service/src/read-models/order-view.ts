import type { RecordedEvent } from '@everfold/core';
import { type Changes, defineProjection, update } from '@everfold/projections';
import { orderEvents, unitsOf } from '../events.js';
import { fulfilmentEvents } from '../fulfilment-events.js';
import { type OrderStatus, statusAfter } from '../orders/order-status.js';
import { ORDERS } from './order-rows.js';

export type FailedAt = 'inventory' | 'approval' | 'payment' | 'shipping' | 'customer';

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
  /** Of the order itself, as commands compare it; what its participants do does not count. 0 until it is known to be placed. */
  readonly version: number;
  readonly status: OrderStatus;
  /** Who could not do its part, or did not want it. */
  readonly failedAt?: FailedAt;
  readonly customerId?: string;
  readonly placedAt?: string;
  readonly units?: number;
  readonly amountCents?: number;
  readonly trackingNumber?: string;
  readonly approvedBy?: string;
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
  ...ORDERS,
  events: fulfilmentEvents,
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
      const missing = event.data.missing?.map(({ productId }) => productId) ?? [];
      const note = `${units} unit(s) held${missing.length === 0 ? '' : `, without ${missing.join(', ')}`}`;
      return happened(event, note, (view) => ({ ...view, heldUnits: view.heldUnits + units }));
    },
    CancellationRequested: (event) => happened(event, event.data.reason),
    OrderApproved: (event) =>
      happened(event, `by ${event.data.by}`, (view) => ({ ...view, approvedBy: event.data.by })),
    ApprovalRefused: (event) => happened(event, event.data.reason),
    InventoryRejected: (event) => happened(event, event.data.reason),
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
    PaymentDeclined: (event) => happened(event, event.data.reason),
    PaymentRefunded: (event) =>
      happened(event, inReais(event.data.amountCents), (view) => ({
        ...view,
        paidCents: view.paidCents - event.data.amountCents,
      })),
    ShipmentDispatched: (event) =>
      happened(event, event.data.trackingNumber, (view) => ({ ...view, trackingNumber: event.data.trackingNumber })),
    ShippingFailed: (event) => happened(event, event.data.reason),
    OrderCompleted: (event) => happened(event),
    OrderCancelled: (event) => happened(event, event.data.reason),
  },
  listed: ({ status, placedAt, orderId }) => ({ group: status, sort: `${placedAt ?? ''} ${orderId}` }),
});

/** Who did not want the order, by what happened first. */
const FAILURES: Readonly<Record<string, FailedAt>> = {
  InventoryRejected: 'inventory',
  ApprovalRefused: 'approval',
  PaymentDeclined: 'payment',
  ShippingFailed: 'shipping',
  CancellationRequested: 'customer',
};

function happened(
  event: OrderEvent,
  note?: string,
  change: (view: OrderView) => OrderView = (view) => view,
): Changes<OrderView> {
  const { orderId } = event.data;
  return update(orderId, (before) => {
    const { failedAt: _again, ...known } = change(
      before ?? { orderId, version: 0, status: 'placed', paidCents: 0, heldUnits: 0, timeline: [] },
    );
    const entry = { id: event.id, at: event.at, type: event.type, ...(note === undefined ? {} : { note }) };
    const timeline = [...known.timeline, entry].sort(inOrderOfTime);
    const status = statusAfter(timeline.map(({ type }) => type));
    const version = Object.hasOwn(orderEvents, event.type) ? Math.max(known.version, event.version) : known.version;
    return { ...known, version, timeline, status, ...failureOf(status, timeline) };
  });
}

/** A cancellation that came too late is no failure. */
function failureOf(status: OrderStatus, timeline: readonly TimelineEntry[]): Pick<OrderView, 'failedAt'> {
  const [failedAt] = status === 'completed' ? [] : timeline.flatMap(({ type }) => FAILURES[type] ?? []);
  return failedAt === undefined ? {} : { failedAt };
}

function inOrderOfTime(one: TimelineEntry, other: TimelineEntry): number {
  return one.at.localeCompare(other.at) || one.id.localeCompare(other.id);
}

function inReais(amountCents: number): string {
  return `${(amountCents / 100).toFixed(2)} BRL`;
}
