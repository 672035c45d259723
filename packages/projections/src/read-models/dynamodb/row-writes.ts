import {
  BatchExecuteStatementCommand,
  type BatchStatementResponse,
  ConditionalCheckFailedException,
  PutItemCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { systemClock, systemRandom } from '@everfold/core';
import { translate, unlogged } from '@everfold/dynamodb-store';
import { absentRow, type RowWrites } from '../read-model-store.js';
import { batchGet } from './batch-get.js';
import { outcomeOf, translateCancellation, translateWriteError } from './failures.js';
import { toInserts, toPutItem, toTransactWriteItems } from './requests.js';
import { fromRowItem, type Item, positionKey, positionOf, rowKey } from './row-item.js';
import type { DynamoDBReadModelStoreOptions } from './store-options.js';

/**
 * What projections write rows with, of the read-model store on a DynamoDB table: a bundle that only projects has less code with it than
 * with the whole store. What each method costs is said at `DynamoDBReadModelStore`.
 *
 * @example
 * ```ts
 * const readModels = createRowWrites({ client: new DynamoDBClient({}), tableName: 'read-models' });
 * export const handler = projectionHandler({ projection: orders, eventStore, readModels });
 * ```
 */
export function createRowWrites(options: DynamoDBReadModelStoreOptions): Required<RowWrites> {
  const { client, tableName, clock = systemClock, random = systemRandom } = options;

  async function batchGetAll(keys: readonly ReturnType<typeof rowKey>[]): Promise<Item[]> {
    try {
      return await batchGet({ client, tableName, clock, random }, keys);
    } catch (error) {
      throw translate(error);
    }
  }

  return {
    async load(rows, keys) {
      const items = await batchGetAll(keys.map((key) => rowKey(rows, key)));
      const found = new Map(items.map((item) => [item.key?.S, fromRowItem(item)]));
      return new Map(keys.map((key) => [key, found.get(key) ?? absentRow]));
    },

    async save(rows, write) {
      try {
        const command = new PutItemCommand(toPutItem({ tableName, rows }, write));
        await client.send(unlogged(client, command));
        return { saved: true };
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return { saved: false, current: fromRowItem(error.Item) };
        throw translateWriteError(error, `Row "${write.key}" of ${rows.id}`);
      }
    },

    async insert(rows, writes) {
      try {
        const command = new BatchExecuteStatementCommand(toInserts({ tableName, rows }, writes));
        const { Responses: outcomes = [] } = await client.send(unlogged(client, command));
        return new Set(writes.flatMap(({ key }, index) => (isInserted(outcomes[index]) ? [key] : [])));
      } catch {
        // Whatever it was, saving these rows will say it of each.
        return new Set();
      }
    },

    async positions(rows, streams) {
      const keys = new Map(streams.map((stream) => [stream, positionKey(rows, stream)]));
      const items = await batchGetAll([...keys.values()]);
      const found = new Map(items.map((item) => [item.part?.S, positionOf(item)]));
      return new Map([...keys].map(([stream, { part }]) => [stream, found.get(part.S) ?? 0]));
    },

    async transact(rows, transaction) {
      const what = `A transaction of ${rows.id}`;
      try {
        const table = { tableName, rows };
        const command = new TransactWriteItemsCommand(toTransactWriteItems(table, transaction));
        await client.send(unlogged(client, command));
        return { done: true };
      } catch (error) {
        if (!(error instanceof TransactionCanceledException)) throw translateWriteError(error, what);
        const translated = translateCancellation(error, what);
        if (translated !== undefined) throw translated;
        return outcomeOf(error, transaction);
      }
    },
  };
}

function isInserted(outcome: BatchStatementResponse | undefined): boolean {
  return outcome !== undefined && outcome.Error === undefined;
}
