import { type AttributeValue, BatchGetItemCommand } from '@aws-sdk/client-dynamodb';
import { type Backoff, jitteredDelay, systemClock, systemRandom } from '@everfold/core';
import { throttled, throwTranslated, unlogged } from '@everfold/dynamodb-store';
import type { Item } from './row-item.js';
import type { DynamoDBReadModelStoreOptions } from './store-options.js';

/** Items a request at the most. Source: DynamoDB API Reference, "BatchGetItem". */
const LARGEST_BATCH = 100;
const ATTEMPTS = 10;
const BACKOFF: Backoff = { firstMs: 25, longestMs: 2_000 };

type ItemKey = Record<string, AttributeValue>;

/**
 * Reads an item for each of some names, consistently. Costs one BatchGetItem for 100 items or 16 MB, and one read unit for each
 * 4 KB of each item, at least one.
 *
 * DynamoDB may leave keys unprocessed: past 16 MB, past 1 MB a partition, or when it throttles. They are asked for again.
 * Source: DynamoDB API Reference, "BatchGetItem".
 *
 * @param keyOf - The key of a name's item; no two names have the same.
 * @param decode - What becomes of an item, or of none.
 * @returns An entry for each name.
 * @throws ThrottledError when ten requests in a row brought nothing; what `translate` makes of whatever the SDK throws.
 */
export async function getEach<TFound>(
  { client, tableName, clock = systemClock, random = systemRandom }: DynamoDBReadModelStoreOptions,
  names: readonly string[],
  keyOf: (name: string) => ItemKey,
  decode: (item: Item | undefined) => TFound,
): Promise<Map<string, TFound>> {
  const keys = new Map(names.map((name) => [name, keyOf(name)]));
  const items = new Map<string, Item>();
  const waiting = [...keys.values()];
  let failed = 0;
  while (waiting.length > 0) {
    const asked = waiting.splice(0, LARGEST_BATCH);
    const { found, unprocessed } = await getOnce({ client, tableName }, asked);
    for (const item of found) items.set(idOf(item), item);
    waiting.push(...unprocessed);
    failed = unprocessed.length < asked.length ? 0 : failed + 1;
    if (failed >= ATTEMPTS) throw throttled();
    if (failed > 0) await clock.sleep(jitteredDelay(failed, BACKOFF, random));
  }
  return new Map([...keys].map(([name, key]) => [name, decode(items.get(idOf(key)))]));
}

async function getOnce(
  { client, tableName }: Pick<DynamoDBReadModelStoreOptions, 'client' | 'tableName'>,
  keys: ItemKey[],
) {
  const request = { RequestItems: { [tableName]: { Keys: keys, ConsistentRead: true } } };
  const command = unlogged(client, new BatchGetItemCommand(request));
  const { Responses = {}, UnprocessedKeys = {} } = await client.send(command).catch(throwTranslated);
  return { found: Responses[tableName] ?? [], unprocessed: UnprocessedKeys[tableName]?.Keys ?? [] };
}

function idOf({ part, key }: Item): string {
  return JSON.stringify([part?.S, key?.S]);
}
