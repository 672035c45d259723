import { type Decision, RejectedError, type RepositoryOf } from '@everfold/core';
import { all, choreography } from '@everfold/saga';
import { APPROVAL_ABOVE_CENTS } from './approvals/threshold.js';
import { type Line, type Order, unitsOf } from './events.js';
import { fulfilmentEvents as events } from './fulfilment-events.js';
import { FULFILMENT } from './fulfilment-version.js';
import { payment } from './payments/payment.js';
import type { PaymentProvider } from './payments/payment-provider.js';
import type { Carrier } from './shipments/carrier.js';
import { shipment } from './shipments/shipment.js';
import type { stock } from './stock/stock.js';

type Stock = RepositoryOf<typeof stock>;

/** Why a step is given up that nothing but a cancellation can reach while it is at work. */
const CANCELLED = 'the customer cancelled the order';

/**
 * From a placed order to a shipped one, or to a cancelled one with nothing held and nothing charged:
 *
 *     reserve ─┬────────────────────────→ charge → ship → issue
 *              └→ approve (large orders) ─┘
 *
 * When one of them fails, or the customer cancels before the goods are shipped, those before it are undone, the last one first.
 */
export const fulfilment = choreography({
  ...FULFILMENT,
  start: 'OrderPlaced',
  cancel: 'CancellationRequested',
  key: 'orderId',
  within: '3d',
  events,
})
  .step('reserve', {
    by: 'inventory',
    on: 'OrderPlaced',
    ok: 'InventoryReserved',
    fails: ['InventoryRejected'],
    ledger: 'reservation',
    // Stock lives in the same store: the units are held in one transaction with the outcome.
    effect: 'store',
    run: async ({ event, key: orderId }, { stock }: { stock: Stock }) => {
      const wanted = event.data.order;
      const lines = await Promise.all(wanted.lines.map((line) => hold(stock, orderId, line)));
      const missing = lines.flatMap(({ line, refusal }) => (refusal === undefined ? [] : [line]));
      const refusal = lines.find((each) => each.refusal !== undefined)?.refusal;
      if (refusal !== undefined && !(wanted.acceptPartial && missing.length < lines.length))
        return { type: 'InventoryRejected', data: { orderId, reason: `out of stock: ${refusal}` } };
      const order = without(wanted, missing);
      const decisions = lines.flatMap(({ decision }) => decision ?? []);
      return { type: 'InventoryReserved', data: { orderId, order, ...(missing.length > 0 && { missing }) }, decisions };
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

  .waitWhen('approve', {
    by: 'sales',
    on: 'InventoryReserved',
    when: ({ data: { order } }) => order.amountCents > APPROVAL_ABOVE_CENTS,
    ok: 'OrderApproved',
    fails: ['ApprovalRefused'],
    ledger: 'approval',
    deadline: {
      after: '2d',
      fail: ({ key: orderId, why }) => ({
        type: 'ApprovalRefused',
        data: { orderId, reason: why === 'timeout' ? 'nobody approved the order in time' : CANCELLED },
      }),
    },
  })

  .step('charge', {
    by: 'payment',
    on: all('InventoryReserved', 'OrderApproved'),
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
      fail: async ({ key: orderId, idempotencyKey, why }, { provider }) => {
        await provider.cancel(idempotencyKey);
        const reason = why === 'compensation' ? CANCELLED : 'the payment provider gave no answer in time';
        return { type: 'PaymentDeclined', data: { orderId, reason } };
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

/** Decides to hold the units of a line, or says why that cannot be. */
async function hold(
  stock: Stock,
  orderId: string,
  line: Line,
): Promise<{ readonly line: Line; readonly decision?: Decision | undefined; readonly refusal?: string }> {
  try {
    return { line, decision: await stock.decide(line.productId, 'reserve', { orderId, units: line.units }) };
  } catch (error) {
    if (!(error instanceof RejectedError)) throw error;
    return { line, refusal: `${line.productId}: ${error.message}` };
  }
}

/** What of an order is left without some of its lines. */
function without(order: Order, missing: readonly Line[]): Order {
  if (missing.length === 0) return order;
  const lines = order.lines.filter((line) => !missing.includes(line));
  return { ...order, lines, amountCents: lines.reduce((sum, { amountCents = 0 }) => sum + amountCents, 0) };
}

/** Failures and compensations carry on why the order could not be fulfilled. */
function reasonOf({ data }: { readonly data: unknown }): string {
  return typeof data === 'object' && data !== null && 'reason' in data ? String(data.reason) : 'unknown';
}
