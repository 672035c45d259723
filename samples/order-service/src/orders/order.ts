import { isDeepStrictEqual } from 'node:util';
import { defineAggregate, RejectedError } from '@everfold/core';
import { type Order, orderEvents } from '../events.js';

export interface OrderState {
  /** The order, once it is placed. */
  readonly order: Order | undefined;
  readonly isCancelled: boolean;
}

/** What a customer asks for. Who sends it again, not knowing whether it arrived, need not repeat the time. */
export type AskedOrder = Omit<Order, 'placedAt'> & {
  readonly orderId: string;
  /** ISO 8601. Default: `now`. */
  readonly placedAt?: string | undefined;
  /** ISO 8601. */
  readonly now: string;
};

/** What a customer, or staff in their place, asks of an order. */
export interface AskedCancellation {
  readonly orderId: string;
  readonly reason: string;
  /** Whose order it must be: another's is not found. `undefined` for staff, who may cancel any. */
  readonly customerId: string | undefined;
}

/** The version that an order has when it is placed: nothing happens to one before. */
export const PLACED_VERSION = 1;

/** An order: placed once. What becomes of it is decided by the participants of its fulfilment. */
export const order = defineAggregate({
  category: 'order',
  events: orderEvents,
  initial: (): OrderState => ({ order: undefined, isCancelled: false }),

  evolve: {
    OrderPlaced: (state, { order }) => ({ ...state, order }),
    CancellationRequested: (state) => ({ ...state, isCancelled: true }),
  },

  commands: {
    /** Places the order. The same order again changes nothing; another one under its id is refused. */
    place: ({ order: placed }, { orderId, now, placedAt, ...asked }: AskedOrder) => {
      if (placed === undefined)
        return [{ type: 'OrderPlaced', data: { orderId, order: { ...asked, placedAt: placedAt ?? now } } }];
      const again = { ...asked, placedAt: placedAt ?? placed.placedAt };
      // As it would have been recorded: JSON knows neither undefined members nor a negative zero.
      if (isDeepStrictEqual(placed, JSON.parse(JSON.stringify(again)))) return [];
      throw new RejectedError(
        'ORDER_ALREADY_PLACED',
        `Another order "${orderId}" was placed before. Use another order id.`,
      );
    },

    /** Asks for the order to be cancelled, once. Whether it still can be is decided where it has come to. */
    cancel: ({ order: placed, isCancelled }, { orderId, reason, customerId }: AskedCancellation) => {
      const isTheirs = customerId === undefined || customerId === placed?.customerId;
      if (placed === undefined || !isTheirs)
        throw new RejectedError('ORDER_NOT_FOUND', `There is no order "${orderId}".`);
      return isCancelled ? [] : [{ type: 'CancellationRequested', data: { orderId, reason } }];
    },
  },
});
