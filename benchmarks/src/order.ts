import { createHash } from 'node:crypto';

/** The order that every system keeps: the same events, the same fold, the same metadata. */

export interface OrderPlaced {
  readonly orderId: string;
  readonly currency: string;
  readonly customer: { readonly id: string; readonly email: string; readonly country: string };
  readonly addedBy: string;
}

export interface LineAdded {
  readonly orderId: string;
  readonly lineNumber: number;
  readonly product: { readonly sku: string; readonly name: string; readonly category: string };
  readonly units: number;
  readonly unitPrice: { readonly cents: number; readonly currency: string; readonly taxRate: number };
  readonly warehouse: { readonly id: string; readonly shelf: string; readonly reservation: string };
  readonly promised: { readonly from: string; readonly until: string };
  readonly addedBy: string;
}

export type OrderEvent =
  | { readonly type: 'OrderPlaced'; readonly data: OrderPlaced }
  | { readonly type: 'LineAdded'; readonly data: LineAdded };

export interface Order {
  readonly status: 'new' | 'placed';
  readonly currency: string;
  readonly lines: number;
  readonly units: number;
  readonly totalCents: number;
  readonly lastSku: string;
}

export const newOrder: Order = { status: 'new', currency: '', lines: 0, units: 0, totalCents: 0, lastSku: '' };

/** How each event changes the order: the fold of every system. */
export const evolve = {
  OrderPlaced: (order: Order, { currency }: OrderPlaced): Order => ({ ...order, status: 'placed', currency }),
  LineAdded: (order: Order, { units, unitPrice, product }: LineAdded): Order => ({
    ...order,
    lines: order.lines + 1,
    units: order.units + units,
    totalCents: order.totalCents + units * unitPrice.cents,
    lastSku: product.sku,
  }),
};

export function apply(order: Order, event: OrderEvent): Order {
  return event.type === 'OrderPlaced' ? evolve.OrderPlaced(order, event.data) : evolve.LineAdded(order, event.data);
}

export function orderPlaced(orderId: string): OrderEvent {
  const customer = { id: 'customer-01JB8Z6N4T9Q', email: 'ada.lovelace@example.com', country: 'GB' };
  return { type: 'OrderPlaced', data: { orderId, currency: 'EUR', customer, addedBy: 'web-shop' } };
}

type Product = Omit<LineAdded['product'], 'sku'>;

const products: readonly [Product, ...Product[]] = [
  { name: 'Enamelled cast-iron casserole', category: 'kitchen' },
  { name: 'Merino base layer, long sleeve', category: 'outdoor' },
  { name: 'Fountain pen, medium nib, teal', category: 'stationery' },
  { name: 'Noise-cancelling headphones', category: 'electronics' },
  { name: 'Walnut chess board with pieces', category: 'games' },
  { name: 'Hand-thrown espresso cups, set', category: 'kitchen' },
  { name: 'Bicycle chain, twelve-speed', category: 'sports' },
];

const warehouses = ['leipzig-2', 'rotterdam-1', 'lyon-4', 'gdansk-3', 'porto-1'] as const;

/** About 450 bytes of JSON, that differ from line to line as those of an order do: a store may compress them. */
export function lineAdded(orderId: string, lineNumber: number, addedBy = 'web-shop'): LineAdded {
  const digest = createHash('sha256').update(`${orderId} ${lineNumber}`).digest();
  const [pick = 0, place = 0, rack = 0, day = 0, cents = 0] = digest;
  const { name, category } = pickOf(products, pick);
  const from = Date.UTC(2025, 2, 1 + (day % 28), 8 + (rack % 4));
  return {
    orderId,
    lineNumber,
    product: { sku: `SKU-${digest.readUInt32LE(8)}`, name, category },
    units: 1 + (pick % 4),
    unitPrice: { cents: 490 + 37 * cents, currency: 'EUR', taxRate: pick % 3 === 0 ? 0.07 : 0.19 },
    warehouse: {
      id: pickOf(warehouses, place),
      shelf: `B-${rack}-${day}`,
      reservation: digest.toString('hex', 12, 28),
    },
    promised: { from: new Date(from).toISOString(), until: new Date(from + 172_800_000).toISOString() },
    addedBy,
  };
}

function pickOf<T>(values: readonly [T, ...T[]], by: number): T {
  return values[by % values.length] ?? values[0];
}

/** Consecutive lines, as events. */
export function lines(orderId: string, first: number, count: number): OrderEvent[] {
  return Array.from({ length: count }, (_, index) => ({ type: 'LineAdded', data: lineAdded(orderId, first + index) }));
}

/** What is known about each event beside the fact; every system records it. */
export const metadata = {
  correlationId: '01JB8Z6N4TCORRELATION00001',
  causationId: '01JB8Z6N4TCAUSATION0000001',
  actor: 'customer-01JB8Z6N4T9Q',
};
