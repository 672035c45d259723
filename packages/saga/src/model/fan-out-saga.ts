import type { AnySaga } from '../saga.js';
import type { AnyStep } from '../step.js';
import { exampleSaga, never } from './example-saga.js';

const reserve: AnyStep = {
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

const charge: AnyStep = {
  name: 'charge',
  kind: 'compensatable',
  by: 'payment',
  on: 'OrderPlaced',
  ok: 'PaymentCaptured',
  fails: ['PaymentDeclined'],
  run: never,
  undo: { ok: 'PaymentRefunded', run: never },
  timeout: { after: '15m', fail: never },
};

const ship: AnyStep = {
  name: 'ship',
  kind: 'pivot',
  by: 'shipping',
  on: { all: ['InventoryReserved', 'PaymentCaptured'] },
  ok: 'ShipmentDispatched',
  fails: ['ShippingFailed'],
  run: never,
};

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
export const fanOutSaga: AnySaga = exampleSaga('fanOut', [reserve, charge, ship, issue]);
