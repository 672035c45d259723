import { gunzipSync } from 'node:zlib';
import {
  type AttributeValue,
  BatchExecuteStatementCommand,
  ScanCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { apply, newOrder, type Order, type OrderEvent } from '../order.js';
import type { Setting } from './contestants.js';

type Item = Record<string, AttributeValue>;

export const SEGMENTS = 4;
/** DynamoDB takes at most 25 statements in a batch. Source: API Reference, "BatchExecuteStatement". */
const LARGEST_INSERT = 25;
const LARGEST_TRANSACTION = 100;
/** Batches of new rows that are under way at a time, as many as in a rebuild. */
const BATCHES = 8;

/** The least there is: segments side by side, by the SDK alone, and each commit's events parsed. */
export async function scanRaw(
  { client, events: TableName }: Setting,
  take: (item: Item, events: readonly OrderEvent[]) => Promise<void> | undefined = () => undefined,
): Promise<number> {
  const segment = async (Segment: number) => {
    let events = 0;
    let from: Item | undefined;
    do {
      const input = { TableName, Segment, TotalSegments: SEGMENTS, ExclusiveStartKey: from };
      const { Items = [], LastEvaluatedKey } = await client.send(new ScanCommand(input));
      for (const item of Items) {
        const parsed: OrderEvent[] = JSON.parse(item.events?.S ?? gunzipSync(item.events?.B ?? '').toString());
        events += parsed.length;
        const wait = take(item, parsed);
        if (wait !== undefined) await wait;
      }
      from = LastEvaluatedKey;
    } while (from !== undefined);
    return events;
  };
  const counts = await Promise.all(Array.from({ length: SEGMENTS }, (_, index) => segment(index)));
  return counts.reduce((sum, count) => sum + count, 0);
}

/**
 * The least that also writes: a row for each order with the version that it has applied, each if it is not there, 25 to a
 * request. A scan brings the commits of a stream one after the other, so an order is folded as it comes by.
 */
export async function rebuildOrdersRaw(setting: Setting, run: number): Promise<number> {
  const send = sendingAtMost(BATCHES, async (items: readonly Item[]) => {
    const Statements = items.map((item) => ({
      Statement: `INSERT INTO "${setting.readModels}" VALUE {${Object.keys(item).map((name) => `'${name}': ?`)}}`,
      Parameters: Object.values(item),
    }));
    const { Responses = [] } = await setting.client.send(new BatchExecuteStatementCommand({ Statements }));
    for (const { Error: refused } of Responses) if (refused !== undefined) throw new Error(refused.Message);
  });
  const folding = new Map<string, Order>();
  let rows: Item[] = [];
  const events = await scanRaw(setting, ({ stream, version, last }, added) => {
    const name = stream?.S ?? '';
    const order = added.reduce(apply, version?.N === '1' ? newOrder : (folding.get(name) ?? newOrder));
    folding.set(name, order);
    if (last?.N !== setting.lastVersion) return undefined;
    folding.delete(name);
    const key = name.slice(name.indexOf('-') + 1);
    rows.push({
      part: { S: `raw-orders@${run}/rows/${Number(key.slice(1)) % 16}` },
      key: { S: key },
      rev: { N: '1' },
      row: { S: JSON.stringify(order) },
      applied: { M: { [name]: { N: setting.lastVersion } } },
    });
    if (rows.length < LARGEST_INSERT) return undefined;
    const full = rows;
    rows = [];
    return send.next(full);
  });
  if (rows.length > 0) await send.next(rows);
  await send.all();
  return events;
}

/**
 * The least that writes totals: a row for each kind of product that is added to, and the position of each order in the same
 * transaction, one transaction after the other because all of them write the same rows.
 */
export async function rebuildSalesRaw(setting: Setting, run: number): Promise<number> {
  const { readModels: TableName } = setting;
  const send = sendingAtMost(1, async (TransactItems: TransactWriteItem[]) => {
    await setting.client.send(new TransactWriteItemsCommand({ TransactItems }));
  });
  const gathered = new Map<string, OrderEvent[]>();
  let sales = new Map<string, { readonly units: number; readonly cents: number }>();
  let positions: TransactWriteItem[] = [];
  const flush = () => {
    const additions = [...sales].map(([kind, { units, cents }]) => ({
      Update: {
        TableName,
        Key: { part: { S: `raw-sales@${run}/rows/${kind.length % 16}` }, key: { S: kind } },
        UpdateExpression: 'ADD #rev :one, #units :units, #cents :cents',
        ExpressionAttributeNames: { '#rev': 'rev', '#units': '+units', '#cents': '+cents' },
        ExpressionAttributeValues: { ':one': { N: '1' }, ':units': { N: `${units}` }, ':cents': { N: `${cents}` } },
      },
    }));
    const transaction = [...positions, ...additions];
    sales = new Map();
    positions = [];
    return send.next(transaction);
  };
  const events = await scanRaw(setting, ({ stream, last }, added) => {
    const name = stream?.S ?? '';
    const all = gathered.get(name) ?? [];
    all.push(...added);
    gathered.set(name, all);
    if (last?.N !== setting.lastVersion) return undefined;
    // An order's amounts are written with its position, so not before all of it is there.
    gathered.delete(name);
    for (const event of all) {
      if (event.type !== 'LineAdded') continue;
      const { product, units, unitPrice } = event.data;
      const before = sales.get(product.category) ?? { units: 0, cents: 0 };
      sales.set(product.category, { units: before.units + units, cents: before.cents + units * unitPrice.cents });
    }
    positions.push({
      Update: {
        TableName,
        Key: { part: { S: `raw-sales@${run}/positions/${name}` }, key: { S: 'position' } },
        UpdateExpression: 'SET #position = :to',
        ConditionExpression: 'attribute_not_exists(#position)',
        ExpressionAttributeNames: { '#position': 'position' },
        ExpressionAttributeValues: { ':to': { N: setting.lastVersion } },
      },
    });
    return positions.length + KINDS < LARGEST_TRANSACTION ? undefined : flush();
  });
  if (positions.length > 0) await flush();
  await send.all();
  return events;
}

/** Kinds of products that there are, at most. */
const KINDS = 8;

/** Sends so many at a time, at most: who comes with more waits. */
function sendingAtMost<TBatch>(most: number, send: (batch: TBatch) => Promise<void>) {
  const underWay = new Set<Promise<void>>();
  return {
    async next(batch: TBatch): Promise<void> {
      const before = underWay.size < most ? undefined : Promise.race(underWay);
      const sent: Promise<void> = (async () => {
        await before;
        await send(batch);
      })().finally(() => underWay.delete(sent));
      underWay.add(sent);
      await before;
    },
    all: () => Promise.all(underWay),
  };
}
