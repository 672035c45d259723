import type { EventData } from '@everfold/core';
import type { Order } from '../events.js';
import type { paymentEvents } from '../fulfilment-events.js';
import { type PaymentDeclined, type PaymentRefunded, payment, type Settlement } from './payment.js';
import type { PaymentProvider } from './payment-provider.js';

/** What of a provider payments go by. */
type Provider = Pick<PaymentProvider, 'capture' | 'refund' | 'cancel'>;

/** Charges orders at the payment provider: by a key of the order, so that the same order is never charged twice. */
export class Billing {
  readonly #provider: Provider;

  constructor(provider: Provider) {
    this.#provider = provider;
  }

  async charge(orderId: string, order: Order, key: string): Promise<Settlement> {
    const { paymentToken: token, amountCents } = order;
    const answer = await this.#provider.capture({ key, token, amountCents });
    const [settlement] = payment.commands.settle(payment.initial(), { orderId, order, answer });
    return settlement;
  }

  /** Gives back all that was captured. */
  async refund(
    outcome: EventData<typeof paymentEvents, 'PaymentCaptured'>,
    key: string,
    reason: string,
  ): Promise<PaymentRefunded> {
    await this.#provider.refund(key);
    const captured = payment.evolve.PaymentCaptured(payment.initial(), outcome);
    const [refunded] = payment.commands.refund(captured, { orderId: outcome.orderId, reason });
    return refunded;
  }

  /** Sees to it that nothing is charged any more, nor stays charged. */
  async giveUp(orderId: string, key: string, reason: string): Promise<PaymentDeclined> {
    await this.#provider.cancel(key);
    return { type: 'PaymentDeclined', data: { orderId, reason } };
  }
}
