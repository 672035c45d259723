import { defineAggregate, type EventOf } from '@everfold/core';
import type { Order } from '../events.js';
import { shipmentEvents } from '../fulfilment-events.js';
import type { DispatchAnswer } from './carrier.js';

export type ShipmentEvent = EventOf<typeof shipmentEvents>;

export interface ShipmentState {
  readonly status: 'open' | 'dispatched' | 'failed';
}

/** The shipment of one order. Its stream is the ledger of the step `ship`. */
export const shipment = defineAggregate({
  category: 'shipment',
  events: shipmentEvents,
  initial: (): ShipmentState => ({ status: 'open' }),

  evolve: {
    ShipmentDispatched: (): ShipmentState => ({ status: 'dispatched' }),
    ShippingFailed: (): ShipmentState => ({ status: 'failed' }),
  },

  commands: {
    /** Draws the conclusion from what the carrier answered. */
    settle: (
      _state,
      { orderId, order, answer }: { orderId: string; order: Order; answer: DispatchAnswer },
    ): [ShipmentEvent] =>
      answer.status === 'dispatched'
        ? [{ type: 'ShipmentDispatched', data: { orderId, trackingNumber: answer.trackingNumber, order } }]
        : [{ type: 'ShippingFailed', data: { orderId, reason: answer.reason } }],
  },
});
