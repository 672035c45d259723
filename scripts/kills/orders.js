import { readFileSync } from 'node:fs';

/** @typedef {{ orderId: string, status: string, approvedAt: string | null }} Order */

/** What has to have happened to an order, once each and nothing else. */
const HISTORIES = {
  completed: [
    'OrderPlaced',
    'InventoryReserved',
    'PaymentCaptured',
    'ShipmentDispatched',
    'InventoryIssued',
    'OrderCompleted',
  ],
  inventory: ['OrderPlaced', 'InventoryRejected', 'OrderCancelled'],
  payment: ['OrderPlaced', 'InventoryReserved', 'PaymentDeclined', 'InventoryReleased', 'OrderCancelled'],
  shipping: [
    'OrderPlaced',
    'InventoryReserved',
    'PaymentCaptured',
    'ShippingFailed',
    'PaymentRefunded',
    'InventoryReleased',
    'OrderCancelled',
  ],
};

/**
 * The orders of a file, each with the events that have to have happened to it.
 *
 * @param {string} file
 * @returns {Map<string, readonly string[]>}
 */
export function readHistories(file) {
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return new Map(
    lines.map((line) => {
      /** @type {Order} */
      const order = JSON.parse(line);
      return [order.orderId, HISTORIES[fateOf(order)]];
    }),
  );
}

/**
 * How many entries the books of the payment provider, the carrier and the mailer have in the end.
 *
 * @param {Map<string, readonly string[]>} histories
 */
export function entriesOf(histories) {
  const entered = [
    'PaymentCaptured',
    'PaymentDeclined',
    'ShipmentDispatched',
    'ShippingFailed',
    'OrderCompleted',
    'OrderCancelled',
  ];
  return [...histories.values()].flat().filter((type) => entered.includes(type)).length;
}

/** @param {Order} order */
function fateOf({ status, approvedAt }) {
  if (status === 'unavailable') return 'inventory';
  if (status !== 'canceled') return 'completed';
  return approvedAt === null ? 'payment' : 'shipping';
}
