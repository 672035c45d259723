import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { throwTranslated } from '@everfold/dynamodb-store';
import { boundsOf } from '../listed.js';
import { type Found, limitOf, placeInGroup, placeOf, toPage } from '../page.js';
import type { RowQueries } from '../read-model-store.js';
import { shardsFrom } from '../row-set.js';
import { queryItems } from './query-items.js';
import { toGetItem, toListQuery, toShardQuery } from './requests.js';
import { type Item, rowOf } from './row-item.js';
import type { DynamoDBReadModelStoreOptions } from './store-options.js';

/**
 * What requests are answered with, of the read-model store on a DynamoDB table: a bundle that only reads has less code with it than with
 * the whole store. What each method costs is said at `DynamoDBReadModelStore`.
 *
 * @example
 * ```ts
 * const readModels = createRowQueries({ client: new DynamoDBClient({}), tableName: 'read-models' });
 * const reader = createReader(orders, readModels);
 * ```
 */
export function createRowQueries({
  client,
  tableName,
}: Pick<DynamoDBReadModelStoreOptions, 'client' | 'tableName'>): RowQueries {
  return {
    async get(rows, key, { consistent }) {
      const input = toGetItem({ tableName, rows }, key, consistent);
      const { Item: item } = await client.send(new GetItemCommand(input)).catch(throwTranslated);
      return item === undefined ? undefined : rowOf(item);
    },

    async list(rows, request) {
      const { group, descending = false } = request;
      const limit = limitOf(request);
      const page = { after: placeInGroup(request), limit: limit + 1, descending, ...boundsOf(request) };
      const items = await queryItems(client, toListQuery({ tableName, rows }, group, page), limit + 1);
      return toPage(
        items.flatMap((item) => found(item, [item.sort?.S ?? '', item.key?.S ?? ''])),
        limit,
      );
    },

    async all(rows, request) {
      const { descending = false, consistent = false } = request;
      const limit = limitOf(request);
      const rowsFound: Found[] = [];
      let after = placeOf(request, 1);
      for (const shard of shardsFrom(rows, { cursor: after?.[0], descending })) {
        const missing = limit + 1 - rowsFound.length;
        const page = { after, limit: missing, descending, consistent };
        const items = await queryItems(client, toShardQuery({ tableName, rows }, shard, page), missing);
        rowsFound.push(...items.flatMap((item) => found(item, [item.key?.S ?? ''])));
        if (rowsFound.length > limit) break;
        after = undefined;
      }
      return toPage(rowsFound, limit);
    },
  };
}

function found(item: Item, place: Found['place']): Found[] {
  const row = rowOf(item);
  return row === undefined ? [] : [{ key: item.key?.S ?? '', row, place }];
}
