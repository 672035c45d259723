import type { AnySaga } from '../saga.js';
import type { AnyStep } from '../step.js';
import { charge, exampleSaga, never, reserve, ship } from './example-saga.js';

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

/**
 * A saga to be explored beside one's own, in which another service runs a step between two others:
 *
 *     OrderPlaced ─→ reserve ─→ book (another service) ─→ charge ─→ ship
 *
 * The customer may cancel it.
 */
export const contractSaga: AnySaga = exampleSaga('contract', [
  reserve,
  book,
  charge('TruckBooked'),
  ship('PaymentCaptured'),
]);
