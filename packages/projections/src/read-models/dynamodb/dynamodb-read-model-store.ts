import { systemClock, systemRandom } from '@everfold/core';
import type { Row } from '../../changes.js';
import type {
  AllRequest,
  ListRequest,
  Page,
  ReadModelStore,
  RowQueries,
  RowSet,
  RowWrite,
  RowWrites,
  SaveOutcome,
  StoredRow,
  Transaction,
  TransactOutcome,
} from '../read-model-store.js';
import type { DropOptions, DropProgress, RowSetRemover } from '../row-set-remover.js';
import { removeAll } from './remove-all.js';
import { createRowQueries } from './row-queries.js';
import { createRowWrites } from './row-writes.js';
import type { DynamoDBReadModelStoreOptions } from './store-options.js';

/**
 * The read-model store on a DynamoDB table.
 *
 * @example
 * ```ts
 * const readModels = new DynamoDBReadModelStore({ client: new DynamoDBClient({}), tableName: 'read-models' });
 * ```
 */
export class DynamoDBReadModelStore implements ReadModelStore, RowSetRemover {
  readonly #writes: Required<RowWrites>;
  readonly #queries: RowQueries;
  readonly #removal: Parameters<typeof removeAll>[0];

  constructor(options: DynamoDBReadModelStoreOptions) {
    const { client, tableName, clock = systemClock, random = systemRandom } = options;
    this.#writes = createRowWrites(options);
    this.#queries = createRowQueries(options);
    this.#removal = { client, tableName, clock, random };
  }

  /** Costs one BatchGetItem for 100 rows: one read unit for each 4 KB of each row. */
  load(rows: RowSet, keys: readonly string[]): Promise<ReadonlyMap<string, StoredRow>> {
    return this.#writes.load(rows, keys);
  }

  /** Costs one PutItem: one write unit for each KB of the row, also when somebody else was first; as much for the index. */
  save(rows: RowSet, write: RowWrite): Promise<SaveOutcome> {
    return this.#writes.save(rows, write);
  }

  /**
   * Costs one BatchExecuteStatement: what as many saves cost in write units, but a single request. It takes the permission
   * `dynamodb:PartiQLInsert`; without it, no row is written here.
   */
  insert(rows: RowSet, writes: readonly RowWrite[]): Promise<ReadonlySet<string>> {
    return this.#writes.insert(rows, writes);
  }

  /** Costs one BatchGetItem for 100 streams: one read unit each. */
  positions(rows: RowSet, streams: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return this.#writes.positions(rows, streams);
  }

  /** Costs one TransactWriteItems: two write units for each KB of each row and position, also when it is cancelled. */
  transact(rows: RowSet, transaction: Transaction): Promise<TransactOutcome> {
    return this.#writes.transact(rows, transaction);
  }

  /** Costs one GetItem: half a read unit for each 4 KB, a whole one when consistent. */
  get(rows: RowSet, key: string, options: { readonly consistent: boolean }): Promise<Row | undefined> {
    return this.#queries.get(rows, key, options);
  }

  /** Costs one Query of the index for each megabyte: half a read unit for each 4 KB of the rows together. */
  list(rows: RowSet, request: ListRequest): Promise<Page> {
    return this.#queries.list(rows, request);
  }

  /**
   * Costs one Query for each partition that it comes through, and for each megabyte: half a read unit for each 4 KB of
   * the rows together, a whole one when consistent; rows that were removed are paid for, too.
   */
  all(rows: RowSet, request: AllRequest): Promise<Page> {
    return this.#queries.all(rows, request);
  }

  /** Costs a Scan of the whole table, half a read unit for each 4 KB, and the write units of what is removed. */
  removeAll(rows: RowSet, options: DropOptions = {}): AsyncIterable<DropProgress> {
    return removeAll(this.#removal, rows, options);
  }
}
