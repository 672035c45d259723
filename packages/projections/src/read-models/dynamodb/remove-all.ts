import {
  type AttributeValue,
  BatchWriteItemCommand,
  type DynamoDBClient,
  ScanCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { type Backoff, type Clock, InvalidArgumentError, jitteredDelay, type Random } from '@everfold/core';
import { paceOf, throttled, throwTranslated } from '@everfold/dynamodb-store';
import type { RowSet } from '../read-model-store.js';
import type { DropOptions, DropProgress } from '../row-set-remover.js';
import type { Item } from './row-item.js';

interface RemoveContext {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly clock: Clock;
  readonly random: Random;
}

/** Items a request at the most. Source: DynamoDB API Reference, "BatchWriteItem". */
const LARGEST_BATCH = 25;
const ATTEMPTS = 10;
const BACKOFF: Backoff = { firstMs: 25, longestMs: 2_000 };

/** Removes all items whose hash key is under the id of these rows, page by page of a Scan. */
export async function* removeAll(
  context: RemoveContext,
  { id }: RowSet,
  { unitsPerSecond, cursor }: DropOptions,
): AsyncIterable<DropProgress> {
  if (unitsPerSecond !== undefined && !(unitsPerSecond > 0))
    throw new InvalidArgumentError(`unitsPerSecond is ${unitsPerSecond}; give a number above 0.`);
  const { client, tableName, clock } = context;
  const pace = paceOf(clock, unitsPerSecond);
  let from = cursor === undefined ? undefined : fromCursor(cursor);
  let [removed, read] = [0, 0];
  do {
    await pace.wait();
    const page = await client
      .send(
        new ScanCommand({
          TableName: tableName,
          FilterExpression: 'begins_with(#part, :prefix)',
          ProjectionExpression: '#part, #key',
          ExpressionAttributeNames: { '#part': 'part', '#key': 'key' },
          ExpressionAttributeValues: { ':prefix': { S: `${id}/` } },
          ReturnConsumedCapacity: 'TOTAL',
          ExclusiveStartKey: from,
        }),
      )
      .catch(throwTranslated);
    pace.spend(page.ConsumedCapacity?.CapacityUnits ?? 0);
    const items = page.Items ?? [];
    for (let first = 0; first < items.length; first += LARGEST_BATCH) {
      await pace.wait();
      pace.spend(await removeBatch(context, items.slice(first, first + LARGEST_BATCH)));
    }
    removed += items.length;
    read += page.ScannedCount ?? 0;
    // Past the last page there is nothing to go on with: a run from here reads it again.
    const next = page.LastEvaluatedKey;
    yield { removed, read, cursor: next === undefined ? (cursor ?? '') : toCursor(next) };
    from = next;
  } while (from !== undefined);
}

/** @returns The write units that it took. */
async function removeBatch({ client, tableName, clock, random }: RemoveContext, items: Item[]): Promise<number> {
  let units = 0;
  let waiting: WriteRequest[] = items.map(({ part, key }) => ({
    DeleteRequest: { Key: { part: part ?? { S: '' }, key: key ?? { S: '' } } },
  }));
  for (let failed = 0; waiting.length > 0; ) {
    const request = { RequestItems: { [tableName]: waiting }, ReturnConsumedCapacity: 'TOTAL' } as const;
    const output = await client.send(new BatchWriteItemCommand(request)).catch(throwTranslated);
    units += (output.ConsumedCapacity ?? []).reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
    const unprocessed = output.UnprocessedItems?.[tableName] ?? [];
    failed = unprocessed.length < waiting.length ? 0 : failed + 1;
    if (failed >= ATTEMPTS) throw throttled();
    if (unprocessed.length > 0) await clock.sleep(jitteredDelay(failed + 1, BACKOFF, random));
    waiting = unprocessed;
  }
  return units;
}

function toCursor({ part, key }: Item): string {
  return Buffer.from(JSON.stringify([part?.S, key?.S])).toString('base64url');
}

function fromCursor(cursor: string): Record<string, AttributeValue> | undefined {
  if (cursor === '') return undefined;
  try {
    const [part, key]: unknown[] = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (typeof part === 'string' && typeof key === 'string') return { part: { S: part }, key: { S: key } };
  } catch {
    // It says below what is wrong.
  }
  throw new InvalidArgumentError(`"${cursor}" is not a cursor of a removal. Give the one of the last progress.`);
}
