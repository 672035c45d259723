import { ANY_DATA } from '../any-data.js';
import { type AnySaga, buildSaga } from '../saga.js';
import { type AnyStep, producedBy } from '../step.js';

/* Sagas to be explored beside one's own. */

/** Stands for each function of such a saga. */
export async function never(): Promise<never> {
  throw new Error('This saga is there to be explored, not to be run.');
}

export const reserve: AnyStep = {
  name: 'reserve',
  kind: 'compensatable',
  by: 'inventory',
  on: 'OrderPlaced',
  ok: 'InventoryReserved',
  fails: ['InventoryRejected'],
  effect: 'store',
  run: never,
  undo: { ok: 'InventoryReleased', run: never },
};

export function charge(on: string): AnyStep {
  return {
    name: 'charge',
    kind: 'compensatable',
    by: 'payment',
    on,
    ok: 'PaymentCaptured',
    fails: ['PaymentDeclined'],
    run: never,
    undo: { ok: 'PaymentRefunded', run: never },
    timeout: { after: '15m', fail: never },
  };
}

export function ship(on: AnyStep['on']): AnyStep {
  return {
    name: 'ship',
    kind: 'pivot',
    by: 'shipping',
    on,
    ok: 'ShipmentDispatched',
    fails: ['ShippingFailed'],
    run: never,
  };
}

/** A saga that an order starts, its customer may cancel, and its last step completes. */
export function exampleSaga(name: string, steps: readonly AnyStep[]): AnySaga {
  const outcomes = steps.flatMap(({ fails = [], ...step }) => producedBy({ ...step, fails }));
  const types = ['OrderPlaced', 'CancellationRequested', ...outcomes, 'OrderCompleted', 'OrderCancelled'];
  const events = Object.fromEntries(types.map((type) => [type, ANY_DATA]));
  const cancel = 'CancellationRequested';
  return buildSaga({ name, version: 1, start: 'OrderPlaced', cancel, key: 'orderId', events }, steps, {
    done: { on: steps.at(-1)?.ok ?? '', emit: 'OrderCompleted', data: never },
    cancelled: { emit: 'OrderCancelled', data: never },
  });
}
