import { setTimeout as sleep } from 'node:timers/promises';
import { createReader } from '@everfold/projections';
import { DECLINED_TOKEN } from '../payments/payment-provider.js';
import { type OrderView, orderView } from '../read-models/order-view.js';
import { UNREACHABLE_POSTCODE } from '../shipments/carrier.js';
import type { LocalService } from '../world/run-locally.js';
import { column, dim, green, money, print, red } from './text.js';
import { ID_WIDTH, type Timeline } from './timeline.js';

/** A few orders, one for each way that an order can end. */
const DEMO = [
  { name: 'lamp', what: 'everything goes well', productId: 'lamp', paymentToken: 'tok_ok', postcode: '01310-100' },
  {
    name: 'sold-out',
    what: 'nothing in stock',
    productId: 'gramophone',
    paymentToken: 'tok_ok',
    postcode: '01310-100',
  },
  {
    name: 'no-money',
    what: 'the card is declined',
    productId: 'lamp',
    paymentToken: DECLINED_TOKEN,
    postcode: '01310-100',
  },
  {
    name: 'far-away',
    what: 'the carrier does not go there',
    productId: 'lamp',
    paymentToken: 'tok_ok',
    postcode: UNREACHABLE_POSTCODE,
  },
] as const;

const PATIENCE_MS = 30_000;

/** Places a handful of orders, shows what happens to them, and resolves when each has come to its end. */
export async function placeDemoOrders({ host, services }: LocalService, timeline: Timeline): Promise<void> {
  await services.stock.execute('lamp', 'receive', { units: 100 });
  const run = services.ids().slice(-5).toLowerCase();
  const orders = DEMO.map((demo) => ({ ...demo, orderId: `${demo.name}-${run}` }));
  for (const { orderId, what } of orders) print(`  ${column(orderId, ID_WIDTH)}${dim(what)}`);
  print();

  timeline.begin();
  for (const { orderId, productId, paymentToken, postcode } of orders) {
    const lines = [{ productId, units: 2 }];
    const body = { orderId, customerId: 'demo', lines, amountCents: 9_980, paymentToken, postcode };
    const response = await host.api.invoke('POST', '/orders', body);
    if (response.status !== 202) throw new Error(`Order "${orderId}" was not taken: ${await response.text()}`);
  }
  const views = await untilDone(
    services,
    orders.map(({ orderId }) => orderId),
  );
  await timeline.settled(views);

  print();
  for (const view of views) print(toLine(view));
  print();
}

/** Resolves when every order has come to its end. */
async function untilDone(
  { readModels }: LocalService['services'],
  orderIds: readonly string[],
): Promise<readonly OrderView[]> {
  const reader = createReader(orderView, readModels);
  const deadline = performance.now() + PATIENCE_MS;
  while (true) {
    const views = await Promise.all(orderIds.map((orderId) => reader.get(orderId)));
    const done = views
      .filter((view) => view?.status === 'completed' || view?.status === 'cancelled')
      .filter((view) => view !== undefined);
    if (done.length === views.length) return done;
    if (performance.now() > deadline) {
      throw new Error(
        `${views.length - done.length} order(s) did not come to an end in ${PATIENCE_MS / 1000} s. Look into the dead letters.`,
      );
    }
    await sleep(50);
  }
}

function toLine({ orderId, status, failedAt, paidCents, heldUnits }: OrderView): string {
  const paint = status === 'completed' ? green : red;
  const end = failedAt === undefined ? status : `${status} by ${failedAt}`;
  return `  ${column(orderId, ID_WIDTH)}${paint(column(end, 24))}${dim(`paid ${money(paidCents)}, ${heldUnits} unit(s) held`)}`;
}
