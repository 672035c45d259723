import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { OrderEvent } from '../order.js';
import { naiveTableOf, type Setting } from './row.js';

/** What one event does to one row. */
export interface Update {
  readonly key: string;
  readonly set: Readonly<Record<string, string>>;
  readonly add: Readonly<Record<string, number>>;
}

/** What an event does to a row; `undefined` when it does nothing. */
export type ToUpdate = (event: OrderEvent) => Update | undefined;

/** An order's row: fields that are set, and numbers that are added to. */
export function updateOrder(event: OrderEvent): Update {
  const key = event.data.orderId;
  if (event.type === 'OrderPlaced') {
    const { currency } = event.data;
    return { key, set: { status: 'placed', currency, lastSku: '' }, add: { lines: 0, units: 0, totalCents: 0 } };
  }
  const { units, unitPrice, product } = event.data;
  return { key, set: { lastSku: product.sku }, add: { lines: 1, units, totalCents: units * unitPrice.cents } };
}

/** The counters of a kind of product. */
export function updateSales(event: OrderEvent): Update | undefined {
  if (event.type !== 'LineAdded') return undefined;
  const { product, units, unitPrice } = event.data;
  return { key: product.category, set: {}, add: { units, cents: units * unitPrice.cents } };
}

/** The request that does it: no condition, so what comes twice counts twice, and what comes late overwrites. */
export function toUpdateItem(
  TableName: string,
  key: string,
  { set, add }: Pick<Update, 'set' | 'add'>,
): UpdateItemCommandInput {
  const sets = Object.entries(set);
  const adds = Object.entries(add);
  const setting = sets.map(([name]) => `#${name} = :${name}`).join(', ');
  const adding = adds.map(([name]) => `#${name} :${name}`).join(', ');
  return {
    TableName,
    Key: { key: { S: key } },
    UpdateExpression: [setting && `SET ${setting}`, adding && `ADD ${adding}`].filter(Boolean).join(' '),
    ExpressionAttributeNames: Object.fromEntries([...sets, ...adds].map(([name]) => [`#${name}`, name])),
    ExpressionAttributeValues: Object.fromEntries([
      ...sets.map(([name, value]): [string, AttributeValue] => [`:${name}`, { S: value }]),
      ...adds.map(([name, value]): [string, AttributeValue] => [`:${name}`, { N: String(value) }]),
    ]),
  };
}

/** Rows of one run: one UpdateItem for each event. */
export class NaiveRows {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #run: string;

  constructor(setting: Setting, run: string) {
    this.#client = setting.client;
    this.#table = naiveTableOf(setting);
    this.#run = run;
  }

  async update(update: Update): Promise<void> {
    await this.#client.send(new UpdateItemCommand(toUpdateItem(this.#table, this.#keyOf(update.key), update)));
  }

  async get(key: string): Promise<object | undefined> {
    const Key = { key: { S: this.#keyOf(key) } };
    const { Item } = await this.#client.send(new GetItemCommand({ TableName: this.#table, Key, ConsistentRead: true }));
    if (Item === undefined) return undefined;
    const fields = Object.entries(Item).filter(([name]) => name !== 'key');
    return Object.fromEntries(fields.map(([name, { S, N }]) => [name, S ?? Number(N)]));
  }

  #keyOf(key: string): string {
    return `${this.#run}/${key}`;
  }
}
