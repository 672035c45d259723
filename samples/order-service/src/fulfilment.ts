import { all, choreography } from '@everfold/saga';
import { APPROVAL_ABOVE_CENTS } from './approvals/threshold.js';
import { fulfilmentEvents as events } from './fulfilment-events.js';
import { FULFILMENT } from './fulfilment-version.js';
import type { Billing } from './payments/billing.js';
import type { Dispatch } from './shipments/dispatch.js';
import type { Warehouse } from './stock/warehouse.js';

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
    run: ({ event, key }, { warehouse }: { warehouse: Warehouse }) => warehouse.reserve(key, event.data.order),
    undo: {
      ok: 'InventoryReleased',
      run: ({ outcome, key, cause }, { warehouse }) => warehouse.release(key, outcome.order, reasonOf(cause)),
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
    ledger: 'payment',
    run: ({ event, key, idempotencyKey }, { billing }: { billing: Billing }) =>
      billing.charge(key, event.data.order, idempotencyKey),
    undo: {
      ok: 'PaymentRefunded',
      run: ({ outcome, idempotencyKey, cause }, { billing }) =>
        billing.refund(outcome, idempotencyKey, reasonOf(cause)),
    },
    timeout: {
      after: '15m',
      fail: ({ key, idempotencyKey, why }, { billing }) => {
        const reason = why === 'compensation' ? CANCELLED : 'the payment provider gave no answer in time';
        return billing.giveUp(key, idempotencyKey, reason);
      },
    },
  })

  .pivot('ship', {
    by: 'shipping',
    on: 'PaymentCaptured',
    ok: 'ShipmentDispatched',
    fails: ['ShippingFailed'],
    ledger: 'shipment',
    run: ({ event, key, idempotencyKey }, { dispatch }: { dispatch: Dispatch }) =>
      dispatch.send(key, event.data.order, idempotencyKey),
  })

  .step('issue', {
    by: 'inventory',
    on: 'ShipmentDispatched',
    ok: 'InventoryIssued',
    ledger: 'issue',
    effect: 'store',
    run: ({ event, key }, { warehouse }: { warehouse: Warehouse }) => warehouse.issue(key, event.data.order),
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

/** Failures and compensations carry on why the order could not be fulfilled. */
function reasonOf({ data }: { readonly data: unknown }): string {
  return typeof data === 'object' && data !== null && 'reason' in data ? String(data.reason) : 'unknown';
}
