import { type Decision, RejectedError, type RepositoryOf } from '@everfold/core';
import { choreography } from '@everfold/saga';
import { fulfilmentEvents as events, type Order, unitsOf } from './events.js';
import { payment } from './payments/payment.js';
import type { PaymentProvider } from './payments/payment-provider.js';
import type { Carrier } from './shipments/carrier.js';
import { shipment } from './shipments/shipment.js';
import type { stock } from './stock/stock.js';

type Stock = RepositoryOf<typeof stock>;

/**
 * From a placed order to a shipped one, or to a cancelled one with nothing held and nothing charged:
 *
 *     reserve → charge → ship → issue
 *
 * When one of them fails, those before it are undone, the last one first.
 */
export const fulfilment = choreography({ name: 'fulfilment', version: 1, start: 'OrderPlaced', key: 'orderId', events })
  .step('reserve', {
    by: 'inventory',
    on: 'OrderPlaced',
    ok: 'InventoryReserved',
    fails: ['InventoryRejected'],
    ledger: 'reservation',
    // Stock lives in the same store: the units are held in one transaction with the outcome.
    effect: 'store',
    run: async ({ event, key: orderId }, { stock }: { stock: Stock }) => {
      const { order } = event.data;
      try {
        const decisions = await forEachLine(order, (line) =>
          stock.decide(line.productId, 'reserve', { orderId, units: line.units }),
        );
        return { type: 'InventoryReserved', data: { orderId, order }, decisions };
      } catch (error) {
        if (!(error instanceof RejectedError)) throw error;
        return { type: 'InventoryRejected', data: { orderId, reason: `out of stock: ${error.message}` } };
      }
    },
    undo: {
      ok: 'InventoryReleased',
      run: async ({ outcome: { order }, key: orderId, cause }, { stock }) => {
        const decisions = await forEachLine(order, (line) => stock.decide(line.productId, 'release', { orderId }));
        return {
          type: 'InventoryReleased',
          data: { orderId, units: unitsOf(order), reason: reasonOf(cause) },
          decisions,
        };
      },
    },
  })

  .step('charge', {
    by: 'payment',
    on: 'InventoryReserved',
    ok: 'PaymentCaptured',
    fails: ['PaymentDeclined'],
    ledger: payment.category,
    run: async ({ event, key: orderId, idempotencyKey }, { provider }: { provider: PaymentProvider }) => {
      const { order } = event.data;
      const answer = await provider.capture({
        key: idempotencyKey,
        token: order.paymentToken,
        amountCents: order.amountCents,
      });
      const [settlement] = payment.commands.settle(payment.initial(), { orderId, order, answer });
      return settlement;
    },
    undo: {
      ok: 'PaymentRefunded',
      run: async ({ outcome, key: orderId, idempotencyKey, cause }, { provider }) => {
        await provider.refund(idempotencyKey);
        const captured = payment.evolve.PaymentCaptured(payment.initial(), outcome);
        const [refunded] = payment.commands.refund(captured, { orderId, reason: reasonOf(cause) });
        return refunded;
      },
    },
    timeout: {
      after: '15m',
      fail: async ({ key: orderId, idempotencyKey }, { provider }) => {
        await provider.cancel(idempotencyKey);
        return { type: 'PaymentDeclined', data: { orderId, reason: 'the payment provider gave no answer in time' } };
      },
    },
  })

  .pivot('ship', {
    by: 'shipping',
    on: 'PaymentCaptured',
    ok: 'ShipmentDispatched',
    fails: ['ShippingFailed'],
    ledger: shipment.category,
    run: async ({ event, key: orderId, idempotencyKey }, { carrier }: { carrier: Carrier }) => {
      const { order } = event.data;
      const answer = await carrier.dispatch({ key: idempotencyKey, units: unitsOf(order), postcode: order.postcode });
      const [settlement] = shipment.commands.settle(shipment.initial(), { orderId, order, answer });
      return settlement;
    },
  })

  .step('issue', {
    by: 'inventory',
    on: 'ShipmentDispatched',
    ok: 'InventoryIssued',
    ledger: 'issue',
    effect: 'store',
    run: async ({ event, key: orderId }, { stock }: { stock: Stock }) => {
      const { order } = event.data;
      const decisions = await forEachLine(order, (line) => stock.decide(line.productId, 'issue', { orderId }));
      return { type: 'InventoryIssued', data: { orderId, units: unitsOf(order), order }, decisions };
    },
  })

  .end({
    done: {
      on: 'InventoryIssued',
      emit: 'OrderCompleted',
      data: ({ data: { orderId, order } }) => ({ orderId, order }),
    },
    cancelled: {
      emit: 'OrderCancelled',
      data: (cause, orderId) => ({ orderId, reason: reasonOf(cause) }),
    },
  });

/** Decides for every line of an order; the whole is committed at once, or not at all. */
async function forEachLine(
  order: Order,
  decide: (line: Order['lines'][number]) => Promise<Decision | undefined>,
): Promise<Decision[]> {
  const decisions = await Promise.all(order.lines.map(decide));
  return decisions.filter((decision) => decision !== undefined);
}

/** Failures and compensations carry on why the order could not be fulfilled. */
function reasonOf({ data }: { readonly data: unknown }): string {
  return typeof data === 'object' && data !== null && 'reason' in data ? String(data.reason) : 'unknown';
}
