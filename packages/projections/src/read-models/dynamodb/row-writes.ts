import { BatchExecuteStatementCommand, type BatchStatementResponse } from '@aws-sdk/client-dynamodb';
import { unlogged } from '@everfold/dynamodb-store';
import type { RowWrites } from '../read-model-store.js';
import { createBesideRowsWrites } from './beside-rows-writes.js';
import { createInRowWrites } from './in-row-writes.js';
import { toInserts } from './requests.js';
import type { DynamoDBReadModelStoreOptions } from './store-options.js';

/**
 * What projections write rows with, wherever they keep their positions, of the read-model store on a DynamoDB table: a bundle that only
 * projects has less code with it than with the whole store. What each method costs is said at `DynamoDBReadModelStore`.
 *
 * @example
 * ```ts
 * const readModels = createRowWrites({ client: new DynamoDBClient({}), tableName: 'read-models' });
 * export const handler = projectionHandler({ projection: orders, eventStore, readModels });
 * ```
 */
export function createRowWrites(options: DynamoDBReadModelStoreOptions): Required<RowWrites> {
  const { client, tableName } = options;
  return {
    ...createInRowWrites(options),
    ...createBesideRowsWrites(options),

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
  };
}

function isInserted(outcome: BatchStatementResponse | undefined): boolean {
  return outcome !== undefined && outcome.Error === undefined;
}
