import { defineAggregate, type EventOf, RejectedError } from '@everfold/core';
import type { Order } from '../events.js';
import { paymentEvents } from '../fulfilment-events.js';
import type { CaptureAnswer } from './payment-provider.js';

type PaymentEvent = EventOf<typeof paymentEvents>;
export type PaymentDeclined = Extract<PaymentEvent, { type: 'PaymentDeclined' }>;
export type PaymentRefunded = Extract<PaymentEvent, { type: 'PaymentRefunded' }>;
export type Settlement = Exclude<PaymentEvent, PaymentRefunded>;

export interface PaymentState {
  readonly status: 'open' | 'captured' | 'declined' | 'refunded';
  readonly capturedCents: number;
}

/** The payment of one order. Its stream is the ledger of the step `charge`. */
export const payment = defineAggregate({
  category: 'payment',
  events: paymentEvents,
  initial: (): PaymentState => ({ status: 'open', capturedCents: 0 }),

  evolve: {
    PaymentCaptured: (_state, { amountCents }): PaymentState => ({ status: 'captured', capturedCents: amountCents }),
    PaymentDeclined: (state): PaymentState => ({ ...state, status: 'declined' }),
    PaymentRefunded: (): PaymentState => ({ status: 'refunded', capturedCents: 0 }),
  },

  commands: {
    /** Draws the conclusion from what the provider answered. */
    settle: (
      _state,
      { orderId, order, answer }: { orderId: string; order: Order; answer: CaptureAnswer },
    ): [Settlement] =>
      answer.status === 'captured'
        ? [{ type: 'PaymentCaptured', data: { orderId, amountCents: answer.amountCents, order } }]
        : [{ type: 'PaymentDeclined', data: { orderId, reason: answer.reason } }],

    /** Gives everything back. */
    refund: (
      { status, capturedCents },
      { orderId, reason }: { orderId: string; reason: string },
    ): [PaymentRefunded] => {
      if (status !== 'captured')
        throw new RejectedError('NOTHING_CAPTURED', `The payment of order "${orderId}" is ${status}.`);
      return [{ type: 'PaymentRefunded', data: { orderId, amountCents: capturedCents, reason } }];
    },
  },
});
