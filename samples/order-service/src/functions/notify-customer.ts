import { createBusHandler } from '@everfold/eventbridge';
import { outcomeEvents } from '../events.js';
import { services } from '../services.js';

const { store, orders, mailer } = services();

/** Tells the customer how the order ended. The event's id is the mailer's key, so a duplicate is no second message. */
export const handler = createBusHandler(
  outcomeEvents,
  async ({ id, type, data }) => {
    if (type === 'OrderCompleted') {
      const { orderId, order } = data;
      return mailer.send({ key: id, to: order.customerId, text: `Your order ${orderId} is on its way.` });
    }
    const { orderId, reason } = data;
    const { state } = await orders.load(orderId);
    const to = state.order?.customerId;
    if (to !== undefined) await mailer.send({ key: id, to, text: `Your order ${orderId} was cancelled: ${reason}.` });
  },
  { eventStore: store },
);
