// Says whether the summary of `npm run orders -- FILE --json` is what the file itself says.
// It shares no code with the service:   node scripts/verify-orders.js FILE SUMMARY
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';

/**
 * @typedef {{ orderId: string, placedAt: string, status: string, approvedAt: string | null, items: unknown[],
 *   payments: { amountCents: number }[] }} Order
 */

const [file = '', summaryFile = ''] = process.argv.slice(2);
/** @type {Order[]} */
const orders = readFileSync(file, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));
const summary = JSON.parse(readFileSync(summaryFile, 'utf8').trim().split('\n').at(-1) ?? '');

/** @param {Order} order */
const paid = (order) => order.payments.reduce((sum, { amountCents }) => sum + amountCents, 0);
/** @param {Order[]} some */
const cents = (some) => some.reduce((sum, order) => sum + paid(order), 0);
const cancelled = orders.filter(({ status }) => status === 'canceled');
const [unpaid, unshipped] = [
  cancelled.filter((o) => o.approvedAt === null),
  cancelled.filter((o) => o.approvedAt !== null),
];
const unavailable = orders.filter(({ status }) => status === 'unavailable');
const completed = orders.filter(({ status }) => status !== 'canceled' && status !== 'unavailable');
/** @type {Record<string, number>} */
const revenue = {};
for (const order of completed)
  revenue[order.placedAt.slice(0, 10)] = (revenue[order.placedAt.slice(0, 10)] ?? 0) + paid(order);

/** @type {Record<string, unknown>} */
const expected = {
  orders: orders.length,
  completed: completed.length,
  cancelledInventory: unavailable.length,
  cancelledPayment: unpaid.length,
  cancelledShipping: unshipped.length,
  capturedCents: cents(completed) + cents(unshipped),
  refundedCents: cents(unshipped),
  shipments: completed.length,
  unitsShipped: completed.reduce((units, { items }) => units + Math.max(items.length, 1), 0),
  unitsHeld: 0,
  revenueCentsByDay: revenue,
};

const wrong = Object.keys(expected).filter((name) => !isDeepStrictEqual(expected[name], summary[name]));
for (const name of wrong)
  console.error(`${name}: expected ${JSON.stringify(expected[name])}, found ${JSON.stringify(summary[name])}`);
console.log(
  wrong.length === 0
    ? `All ${Object.keys(expected).length} figures of ${orders.length} orders are right.`
    : `${wrong.length} figure(s) are wrong.`,
);
process.exitCode = wrong.length === 0 ? 0 : 1;
