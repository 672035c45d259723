import { type AttributeValue, BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type Backoff, type Clock, jitteredDelay, type Random } from '@everfold/core';
import { throttled, unlogged } from '@everfold/dynamodb-store';
import type { Item } from './row-item.js';

/** Items a request at the most. Source: DynamoDB API Reference, "BatchGetItem". */
const LARGEST_BATCH = 100;
const ATTEMPTS = 10;
const BACKOFF: Backoff = { firstMs: 25, longestMs: 2_000 };

interface BatchGetContext {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Reads items by their keys, consistently; those that do not exist are left out. Costs one BatchGetItem for 100 keys or
 * 16 MB, and one read unit for each 4 KB of each item, at least one.
 *
 * DynamoDB may leave keys unprocessed: past 16 MB, past 1 MB a partition, or when it throttles. They are asked for again.
 * Source: DynamoDB API Reference, "BatchGetItem".
 *
 * @throws ThrottledError when ten requests in a row brought nothing.
 */
export async function batchGet(
  context: BatchGetContext,
  keys: readonly Record<string, AttributeValue>[],
): Promise<Item[]> {
  const found: Item[] = [];
  const waiting = [...keys];
  let failed = 0;
  while (waiting.length > 0) {
    const asked = waiting.splice(0, LARGEST_BATCH);
    const { items, unprocessed } = await getOnce(context, asked);
    found.push(...items);
    waiting.push(...unprocessed);
    failed = unprocessed.length < asked.length ? 0 : failed + 1;
    if (failed >= ATTEMPTS) throw throttled();
    if (failed > 0) await context.clock.sleep(jitteredDelay(failed, BACKOFF, context.random));
  }
  return found;
}

async function getOnce({ client, tableName }: BatchGetContext, keys: Record<string, AttributeValue>[]) {
  const request = { RequestItems: { [tableName]: { Keys: keys, ConsistentRead: true } } };
  const { Responses = {}, UnprocessedKeys = {} } = await client.send(
    unlogged(client, new BatchGetItemCommand(request)),
  );
  return { items: Responses[tableName] ?? [], unprocessed: UnprocessedKeys[tableName]?.Keys ?? [] };
}
