import type { AnySaga } from '../saga.js';
import type { AnyStep } from '../step.js';
import { charge, exampleSaga, never, reserve, ship } from './example-saga.js';

const issue: AnyStep = {
  name: 'issue',
  kind: 'retriable',
  by: 'inventory',
  on: 'ShipmentDispatched',
  ok: 'InventoryIssued',
  effect: 'store',
  run: never,
};

/**
 * A saga to be explored beside one's own, with two branches that are joined before the pivot:
 *
 *     OrderPlaced ─┬→ reserve ─┬→ ship → issue
 *                  └→ charge ──┘
 *
 * The customer may cancel it.
 */
export const fanOutSaga: AnySaga = exampleSaga('fanOut', [
  reserve,
  charge('OrderPlaced'),
  ship({ all: ['InventoryReserved', 'PaymentCaptured'] }),
  issue,
]);
