import {
  BatchExecuteStatementCommand,
  type BatchStatementResponse,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { type Clock, type Random, systemClock, systemRandom } from '@everfold/core';
import { translate, unlogged } from '@everfold/dynamodb-store';
import type { Row } from '../../changes.js';
import { boundsOf } from '../listed.js';
import { type Found, limitOf, placeInGroup, placeOf, toPage } from '../page.js';
import {
  type AllRequest,
  absentRow,
  type ListRequest,
  type Page,
  type ReadModelStore,
  type RowSet,
  type RowWrite,
  type SaveOutcome,
  type StoredRow,
  type Transaction,
  type TransactOutcome,
} from '../read-model-store.js';
import { shardsFrom } from '../row-set.js';
import type { DropOptions, DropProgress, RowSetRemover } from '../row-set-remover.js';
import { batchGet } from './batch-get.js';
import { outcomeOf, translateCancellation, translateWriteError } from './failures.js';
import { removeAll } from './remove-all.js';
import { toGetItem, toInserts, toListQuery, toPutItem, toShardQuery, toTransactWriteItems } from './requests.js';
import { fromRowItem, type Item, positionKey, positionOf, rowKey, rowOf } from './row-item.js';

/** What the store works with. */
export interface DynamoDBReadModelStoreOptions {
  readonly client: DynamoDBClient;
  /** The table made from `readModelTable`. */
  readonly tableName: string;
  readonly clock?: Clock;
  readonly random?: Random;
}

/**
 * The read-model store on a DynamoDB table.
 *
 * @example
 * ```ts
 * const readModels = new DynamoDBReadModelStore({ client: new DynamoDBClient({}), tableName: 'read-models' });
 * ```
 */
export class DynamoDBReadModelStore implements ReadModelStore, RowSetRemover {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;
  readonly #ports: { clock: Clock; random: Random };

  constructor({ client, tableName, clock = systemClock, random = systemRandom }: DynamoDBReadModelStoreOptions) {
    this.#client = client;
    this.#tableName = tableName;
    this.#ports = { clock, random };
  }

  /** Costs one BatchGetItem for 100 rows: one read unit for each 4 KB of each row. */
  async load(rows: RowSet, keys: readonly string[]): Promise<ReadonlyMap<string, StoredRow>> {
    const items = await this.#batchGet(keys.map((key) => rowKey(rows, key)));
    const found = new Map(items.map((item) => [item.key?.S, fromRowItem(item)]));
    return new Map(keys.map((key) => [key, found.get(key) ?? absentRow]));
  }

  /** Costs one PutItem: one write unit for each KB of the row, also when somebody else was first; as much for the index. */
  async save(rows: RowSet, write: RowWrite): Promise<SaveOutcome> {
    try {
      const command = new PutItemCommand(toPutItem({ tableName: this.#tableName, rows }, write));
      await this.#client.send(unlogged(this.#client, command));
      return { saved: true };
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return { saved: false, current: fromRowItem(error.Item) };
      throw translateWriteError(error, `Row "${write.key}" of ${rows.id}`);
    }
  }

  /**
   * Costs one BatchExecuteStatement: what as many saves cost in write units, but a single request. It takes the permission
   * `dynamodb:PartiQLInsert`; without it, no row is written here.
   */
  async insert(rows: RowSet, writes: readonly RowWrite[]): Promise<ReadonlySet<string>> {
    try {
      const command = new BatchExecuteStatementCommand(toInserts({ tableName: this.#tableName, rows }, writes));
      const { Responses: outcomes = [] } = await this.#client.send(unlogged(this.#client, command));
      return new Set(writes.flatMap(({ key }, index) => (isInserted(outcomes[index]) ? [key] : [])));
    } catch {
      // Whatever it was, saving these rows will say it of each.
      return new Set();
    }
  }

  /** Costs one BatchGetItem for 100 streams: one read unit each. */
  async positions(rows: RowSet, streams: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const keys = new Map(streams.map((stream) => [stream, positionKey(rows, stream)]));
    const items = await this.#batchGet([...keys.values()]);
    const found = new Map(items.map((item) => [item.part?.S, positionOf(item)]));
    return new Map([...keys].map(([stream, { part }]) => [stream, found.get(part.S) ?? 0]));
  }

  /** Costs one TransactWriteItems: two write units for each KB of each row and position, also when it is cancelled. */
  async transact(rows: RowSet, transaction: Transaction): Promise<TransactOutcome> {
    const what = `A transaction of ${rows.id}`;
    try {
      const table = { tableName: this.#tableName, rows };
      const command = new TransactWriteItemsCommand(toTransactWriteItems(table, transaction));
      await this.#client.send(unlogged(this.#client, command));
      return { done: true };
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw translateWriteError(error, what);
      const translated = translateCancellation(error, what);
      if (translated !== undefined) throw translated;
      return outcomeOf(error, transaction);
    }
  }

  /** Costs one GetItem: half a read unit for each 4 KB, a whole one when consistent. */
  async get(rows: RowSet, key: string, { consistent }: { readonly consistent: boolean }): Promise<Row | undefined> {
    const input = toGetItem({ tableName: this.#tableName, rows }, key, consistent);
    try {
      const { Item: item } = await this.#client.send(new GetItemCommand(input));
      return item === undefined ? undefined : rowOf(item);
    } catch (error) {
      throw translate(error);
    }
  }

  /** Costs one Query of the index for each megabyte: half a read unit for each 4 KB of the rows together. */
  async list(rows: RowSet, request: ListRequest): Promise<Page> {
    const { group, descending = false } = request;
    const limit = limitOf(request);
    const page = { after: placeInGroup(request), limit: limit + 1, descending, ...boundsOf(request) };
    const items = await this.#query(toListQuery({ tableName: this.#tableName, rows }, group, page), limit + 1);
    return toPage(
      items.flatMap((item) => found(item, [item.sort?.S ?? '', item.key?.S ?? ''])),
      limit,
    );
  }

  /**
   * Costs one Query for each partition that it comes through, and for each megabyte: half a read unit for each 4 KB of
   * the rows together, a whole one when consistent; rows that were removed are paid for, too.
   */
  async all(rows: RowSet, request: AllRequest): Promise<Page> {
    const { descending = false, consistent = false } = request;
    const limit = limitOf(request);
    const rowsFound: Found[] = [];
    let after = placeOf(request, 1);
    for (const shard of shardsFrom(rows, { cursor: after?.[0], descending })) {
      const missing = limit + 1 - rowsFound.length;
      const page = { after, limit: missing, descending, consistent };
      const items = await this.#query(toShardQuery({ tableName: this.#tableName, rows }, shard, page), missing);
      rowsFound.push(...items.flatMap((item) => found(item, [item.key?.S ?? ''])));
      if (rowsFound.length > limit) break;
      after = undefined;
    }
    return toPage(rowsFound, limit);
  }

  /** Costs a Scan of the whole table, half a read unit for each 4 KB, and the write units of what is removed. */
  async *removeAll(rows: RowSet, options: DropOptions = {}): AsyncIterable<DropProgress> {
    yield* removeAll({ client: this.#client, tableName: this.#tableName, ...this.#ports }, rows, options);
  }

  async #batchGet(keys: readonly ReturnType<typeof rowKey>[]): Promise<Item[]> {
    try {
      return await batchGet({ client: this.#client, tableName: this.#tableName, ...this.#ports }, keys);
    } catch (error) {
      throw translate(error);
    }
  }

  /**
   * Queries until there are so many items, or no more. Not by `paginateQuery`: it refuses a client of another copy of the
   * SDK, such as the service's own.
   */
  async #query(input: QueryCommandInput, enough: number): Promise<Item[]> {
    const items: Item[] = [];
    let from = input.ExclusiveStartKey;
    do {
      const page = await this.#client
        .send(new QueryCommand({ ...input, ExclusiveStartKey: from }))
        .catch(throwTranslated);
      items.push(...(page.Items ?? []));
      from = page.LastEvaluatedKey;
    } while (from !== undefined && items.length < enough);
    return items;
  }
}

function isInserted(outcome: BatchStatementResponse | undefined): boolean {
  return outcome !== undefined && outcome.Error === undefined;
}

function throwTranslated(error: unknown): never {
  throw translate(error);
}

function found(item: Item, place: Found['place']): Found[] {
  const row = rowOf(item);
  return row === undefined ? [] : [{ key: item.key?.S ?? '', row, place }];
}
