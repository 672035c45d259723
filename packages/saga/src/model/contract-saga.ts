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

const book: AnyStep = {
  name: 'book',
  kind: 'compensatable',
  by: 'haulier',
  source: 'haulier',
  on: 'InventoryReserved',
  ok: 'TruckBooked',
  fails: ['TruckRefused'],
  undo: { ask: 'TruckReturnRequested', data: never, ok: 'TruckReturned' },
  deadline: { after: '1h', fail: never },
};

const charge: AnyStep = {
  name: 'charge',
  kind: 'compensatable',
  by: 'payment',
  on: 'TruckBooked',
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
  on: 'PaymentCaptured',
  ok: 'ShipmentDispatched',
  fails: ['ShippingFailed'],
  run: never,
};

/**
 * A saga to be explored beside one's own, in which another service runs a step between two others:
 *
 *     OrderPlaced ─→ reserve ─→ book (another service) ─→ charge ─→ ship
 *
 * The customer may cancel it.
 */
export const contractSaga: AnySaga = exampleSaga('contract', [reserve, book, charge, ship]);
