import { TransactionCanceledException, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { unlogged } from '@everfold/dynamodb-store';
import type { BesideRowsWrites } from '../read-model-store.js';
import { getEach } from './batch-get.js';
import { outcomeOf, translateCancellation, translateWriteError } from './failures.js';
import { toTransactWriteItems } from './requests.js';
import { positionKey, positionOf } from './row-item.js';
import { createRowLoads } from './row-loads.js';
import type { DynamoDBReadModelStoreOptions } from './store-options.js';

/**
 * What projections with positions beside their rows write with, of the read-model store on a DynamoDB table: a bundle has less code with
 * it than with {@link createRowWrites}. What each method costs is said at `DynamoDBReadModelStore`.
 *
 * @example
 * ```ts
 * const readModels = createBesideRowsWrites({ client: new DynamoDBClient({}), tableName: 'read-models' });
 * export const handler = besideRowsProjectionHandler({ projection: revenue, eventStore, readModels });
 * ```
 */
export function createBesideRowsWrites(options: DynamoDBReadModelStoreOptions): BesideRowsWrites {
  const { client, tableName } = options;
  return {
    ...createRowLoads(options),

    positions: (rows, streams) => getEach(options, streams, (stream) => positionKey(rows, stream), positionOf),

    async transact(rows, transaction) {
      const what = `A transaction of ${rows.id}`;
      try {
        const command = new TransactWriteItemsCommand(toTransactWriteItems({ tableName, rows }, transaction));
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
