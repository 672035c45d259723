import { setTimeout as sleep } from 'node:timers/promises';
import { createReader } from '@everfold/projections';
import { APPROVAL_ABOVE_CENTS } from '../approvals/threshold.js';
import type { PlaceOrder } from '../orders/place-order.js';
import { DECLINED_TOKEN } from '../payments/payment-provider.js';
import { type OrderView, orderView } from '../read-models/order-view.js';
import { ids } from '../services/ids.js';
import { UNREACHABLE_POSTCODE } from '../shipments/carrier.js';
import type { ApiClient, Callers } from '../world/callers.js';
import type { LocalService } from '../world/run-locally.js';
import { column, dim, green, money, print, red } from './text.js';
import { ID_WIDTH, type Timeline } from './timeline.js';

interface Demo {
  readonly name: string;
  readonly what: string;
  /** What differs from two lamps that can be paid and sent. */
  readonly order?: Partial<PlaceOrder>;
  /** What somebody asks of the service while the order waits for approval. */
  readonly next?: { readonly path: 'approval' | 'cancellation'; readonly body: object };
}

const LARGE = APPROVAL_ABOVE_CENTS + 1;

/** A few orders, one for each way that an order can go. */
const DEMO: readonly Demo[] = [
  { name: 'lamp', what: 'everything goes well' },
  { name: 'sold-out', what: 'nothing in stock', order: { lines: [{ productId: 'gramophone', units: 2 }] } },
  { name: 'no-money', what: 'the card is declined', order: { paymentToken: DECLINED_TOKEN } },
  { name: 'far-away', what: 'the carrier does not go there', order: { postcode: UNREACHABLE_POSTCODE } },
  {
    name: 'in-part',
    what: 'one of two products is in stock, and that will do',
    order: {
      acceptPartial: true,
      lines: [
        { productId: 'lamp', units: 1, amountCents: 4_990 },
        { productId: 'gramophone', units: 1, amountCents: 4_990 },
      ],
    },
  },
  {
    name: 'approved',
    what: 'a large order, which somebody approves',
    order: { amountCents: LARGE },
    next: { path: 'approval', body: { approved: true, by: 'ann' } },
  },
  {
    name: 'called-off',
    what: 'a large order, which its customer cancels',
    order: { amountCents: LARGE },
    next: { path: 'cancellation', body: { reason: 'found it cheaper' } },
  },
];

/** Who places them. */
const CUSTOMER = 'demo';

const PATIENCE_MS = 30_000;

/** Places a handful of orders, shows what happens to them, and resolves when each has come to its end. */
export async function placeDemoOrders({ callers, stock, readModels }: LocalService, timeline: Timeline): Promise<void> {
  const customer = callers.customer(CUSTOMER);
  await stock.execute('lamp', 'receive', { units: 100 });
  const run = ids()().slice(-5).toLowerCase();
  const orders = DEMO.map((demo) => ({ ...demo, orderId: `${demo.name}-${run}` }));
  for (const { orderId, what } of orders) print(`  ${column(orderId, ID_WIDTH)}${dim(what)}`);
  print();

  timeline.begin();
  for (const { orderId, order } of orders) {
    const lines = [{ productId: 'lamp', units: 2 }];
    const body = { orderId, lines, amountCents: 9_980, postcode: '01310-100', ...order };
    await ask(customer, '/orders', body);
  }
  await Promise.all(orders.map((order) => goOn(callers, order)));
  const views = await untilDone(
    readModels,
    orders.map(({ orderId }) => orderId),
  );
  await timeline.settled(views);

  print();
  for (const view of views) print(toLine(view));
  print();
}

/** Asks what is to be asked of an order that waits, as soon as it does. */
async function goOn(callers: Callers, { orderId, next }: Demo & { readonly orderId: string }): Promise<void> {
  if (next === undefined) return;
  const customer = callers.customer(CUSTOMER);
  await untilWaiting(customer, orderId);
  await ask(next.path === 'approval' ? callers.staff() : customer, `/orders/${orderId}/${next.path}`, next.body);
}

/** Resolves when the order has its goods: from then on it waits, or will in a moment. */
async function untilWaiting(customer: ApiClient, orderId: string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline) {
    const response = await customer.invoke('GET', `/orders/${orderId}`);
    if (response.status === 200 && ((await response.json()) as OrderView).status === 'reserved') return;
    await sleep(50);
  }
  throw new Error(`Order "${orderId}" was not reserved in ${PATIENCE_MS / 1000} s. Look into the dead letters.`);
}

/** Asks the service for something; again, while what it is about has not come to where it can be done. */
async function ask(api: ApiClient, path: string, body: object): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (true) {
    const response = await api.invoke('POST', path, body);
    if (response.status === 202) return;
    if (response.status !== 409 || performance.now() > deadline)
      throw new Error(`POST ${path} answered ${response.status}: ${await response.text()}`);
    await sleep(50);
  }
}

/** Resolves when every order has come to its end. */
async function untilDone(
  readModels: LocalService['readModels'],
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
