import { defineAggregate, RejectedError } from '@everfold/core';
import { type Order, orderEvents } from '../events.js';

export interface OrderState {
  readonly placed: boolean;
}

/** An order: placed once. What becomes of it is decided by the participants of its fulfilment. */
export const order = defineAggregate({
  category: 'order',
  events: orderEvents,
  initial: (): OrderState => ({ placed: false }),

  evolve: {
    OrderPlaced: () => ({ placed: true }),
  },

  commands: {
    place: ({ placed }, { orderId, ...asked }: Order & { orderId: string }) => {
      if (placed)
        throw new RejectedError('ORDER_ALREADY_PLACED', `Order "${orderId}" was placed before. Use another order id.`);
      return [{ type: 'OrderPlaced', data: { orderId, order: asked } }];
    },
  },
});
