import { createBusHandler } from '@everfold/eventbridge';
import { statusEvents, toStatusChange } from '../connections/status-change.js';
import { observedEvent } from '../observe/observed-event.js';
import { eventReader } from '../services/event-reader.js';
import { placedOrders } from '../services/placed-orders.js';
import { push } from '../services/push.js';

const placed = placedOrders();
const send = push();

/**
 * Tells a customer where an order has come to. Events come twice and in any order; which of two statuses is the later one is in the
 * statuses, so there is nothing to remember here. Most events bring their customer along: the others cost a Query more.
 */
export const handler = observedEvent(
  createBusHandler(
    statusEvents,
    async (event) => {
      const customerId =
        'order' in event.data
          ? event.data.order.customerId
          : (await placed.load(event.data.orderId)).state.order?.customerId;
      if (customerId !== undefined) await send(customerId, toStatusChange(event));
    },
    { eventStore: eventReader() },
  ),
);
