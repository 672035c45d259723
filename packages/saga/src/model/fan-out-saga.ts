import type { EventSchemas } from '@everfold/core';
import { type AnySaga, buildSaga } from '../saga.js';
import type { AnyStep } from '../step.js';

const never = async (): Promise<never> => {
  throw new Error('This saga is there to be explored, not to be run.');
};

const anything: EventSchemas[string] = {
  '~standard': { version: 1, vendor: 'everfold', validate: (value) => ({ value }) },
};

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

const steps = [reserve, charge, ship, issue];
const outcomes = steps.flatMap(({ ok, fails = [], undo }) => [ok, ...fails, ...(undo ? [undo.ok] : [])]);
const types = ['OrderPlaced', 'CancellationRequested', ...outcomes, 'OrderCompleted', 'OrderCancelled'];

/**
 * A saga to be explored beside one's own, with two branches that are joined before the pivot:
 *
 *     OrderPlaced ─┬→ reserve ─┬→ ship → issue
 *                  └→ charge ──┘
 *
 * The customer may cancel it.
 */
export const fanOutSaga: AnySaga = buildSaga(
  {
    name: 'fanOut',
    version: 1,
    start: 'OrderPlaced',
    cancel: 'CancellationRequested',
    key: 'orderId',
    events: Object.fromEntries(types.map((type) => [type, anything])),
  },
  steps,
  {
    done: { on: issue.ok, emit: 'OrderCompleted', data: never },
    cancelled: { emit: 'OrderCancelled', data: never },
  },
);
