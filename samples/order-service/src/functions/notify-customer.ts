import { createBusHandler } from '@everfold/eventbridge';
import { outcomeEvents } from '../fulfilment-events.js';
import { observedEvent } from '../observe/observed-event.js';
import { eventReader } from '../services/event-reader.js';
import { mailer } from '../services/mailer.js';
import { placedOrders } from '../services/placed-orders.js';

const placed = placedOrders();
const mails = mailer();

/** Tells the customer how the order ended. An order has one end, so its id is the mailer's key: a duplicate is no second message. */
export const handler = observedEvent(
  createBusHandler(
    outcomeEvents,
    async ({ type, data }) => {
      if (type === 'OrderCompleted') {
        const { orderId, order } = data;
        return mails.send({
          key: `end/${orderId}`,
          to: order.customerId,
          text: `Your order ${orderId} is on its way.`,
        });
      }
      const { orderId, reason } = data;
      const { state } = await placed.load(orderId);
      const to = state.order?.customerId;
      if (to !== undefined)
        await mails.send({ key: `end/${orderId}`, to, text: `Your order ${orderId} was cancelled: ${reason}.` });
    },
    { eventStore: eventReader() },
  ),
);
