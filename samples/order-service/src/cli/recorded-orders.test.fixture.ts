import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const STATUSES = ['delivered', 'unavailable', 'canceled', 'shipped', 'canceled', 'invoiced'];

/** Orders of all kinds that want the same few products at once. */
export function recordedOrders(count: number, products = 9): object[] {
  return Array.from({ length: count }, (_, index) => ({
    orderId: `order-${index}`,
    customerId: `customer-${index % 7}`,
    placedAt: new Date(Date.UTC(2018, 0, 1 + (index % 5), 12)).toISOString(),
    status: STATUSES[index % STATUSES.length],
    approvedAt: index % 12 === 2 ? null : '2018-01-09T12:00:00Z',
    shippedAt: null,
    deliveredAt: null,
    items: Array.from({ length: index % 4 }, (_item, item) => ({
      productId: `product-${(index * item) % products}`,
      sellerId: 's',
      priceCents: 100,
      freightCents: 5,
    })),
    payments: [
      { type: 'voucher', installments: 1, amountCents: index },
      { type: 'credit_card', installments: 1, amountCents: 100 * index },
    ],
  }));
}

/** Writes a file that is nobody else's. */
export function write(name: string, text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'everfold-')), name);
  writeFileSync(path, text);
  return path;
}

/** A file of orders, one on a line. */
export const toLines = (orders: readonly object[]) => orders.map((order) => JSON.stringify(order)).join('\n');
