import { createBusHandler } from '@everfold/eventbridge';
import { outcomeEvents } from '../events.js';
import { services } from '../services.js';

const { store, orders, mailer } = services();

/** Tells the customer how the order ended. An order has one end, so its id is the mailer's key: a duplicate is no second message. */
export const handler = createBusHandler(
  outcomeEvents,
  async ({ type, data }) => {
    if (type === 'OrderCompleted') {
      const { orderId, order } = data;
      return mailer.send({ key: `end/${orderId}`, to: order.customerId, text: `Your order ${orderId} is on its way.` });
    }
    const { orderId, reason } = data;
    const { state } = await orders.load(orderId);
    const to = state.order?.customerId;
    if (to !== undefined)
      await mailer.send({ key: `end/${orderId}`, to, text: `Your order ${orderId} was cancelled: ${reason}.` });
  },
  { eventStore: store },
);
