import { type DynamoDBClient, QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { throwTranslated } from '@everfold/dynamodb-store';
import type { Item } from './row-item.js';

/**
 * Queries until there are so many items, or no more. Not by `paginateQuery`: it refuses a client of another copy of the SDK, such as the
 * service's own. Costs one Query for each page.
 *
 * @throws What `translate` makes of what the SDK throws.
 */
export async function queryItems(client: DynamoDBClient, input: QueryCommandInput, enough: number): Promise<Item[]> {
  const items: Item[] = [];
  let from = input.ExclusiveStartKey;
  do {
    const page = await client.send(new QueryCommand({ ...input, ExclusiveStartKey: from })).catch(throwTranslated);
    items.push(...(page.Items ?? []));
    from = page.LastEvaluatedKey;
  } while (from !== undefined && items.length < enough);
  return items;
}
