import { GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import {
  type ClaimKey,
  type Commit,
  ConflictError,
  checkClaimKey,
  type EventStore,
  onlyAppend,
  type Position,
  type ScanOptions,
  type ScanPage,
  type Snapshot,
  StreamNotFoundError,
  type TransactionPart,
} from '@everfold/core';
import { claimItemKey, holderIn } from './claim-item.js';
import { allParts } from './claim-writes.js';
import { fromItem } from './commit-item.js';
import { isWorthRepeating, throwTranslated } from './failures.js';
import { itemBytes } from './item-bytes.js';
import { ItemPages } from './item-pages.js';
import { toSnapshotUpdate } from './requests.js';
import { scanCommits, scanStreams } from './scan.js';
import { snapshotOn } from './split.js';
import {
  type DynamoDBEventStoreOptions,
  operate,
  operateInPages,
  type StoreContext,
  storeContext,
} from './store-context.js';
import { DynamoDBStreamStore } from './stream-store.js';
import { unlogged } from './unlogged.js';
import { canWriteAgain } from './write-failures.js';
import { transact } from './writing.js';

/**
 * The event store on a DynamoDB table.
 *
 * Throttling and passing faults are retried within a budget of time, with jittered waits. What is thrown then says
 * whether a retry can help (`retryable`).
 *
 * @example
 * ```ts
 * const store = new DynamoDBEventStore({ client: new DynamoDBClient({}), tableName: 'events' });
 * ```
 */
export class DynamoDBEventStore extends DynamoDBStreamStore implements EventStore {
  readonly #options: DynamoDBEventStoreOptions;
  readonly #context: StoreContext;

  /** @throws InvalidArgumentError when `budgetMs` or `compressAboveBytes` is below 0. */
  constructor(options: DynamoDBEventStoreOptions) {
    super(options);
    this.#options = options;
    this.#context = storeContext(options);
  }

  /**
   * The same store with another budget of time, such as what is left of a Lambda's invocation.
   *
   * @param budgetMs - Milliseconds in which an operation may begin another attempt, at least 0.
   * @throws InvalidArgumentError when it is below 0.
   *
   * @example
   * ```ts
   * const orders = createRepository(order, { store: store.within(context.getRemainingTimeInMillis() - 500) });
   * ```
   */
  override within(budgetMs: number): DynamoDBEventStore {
    return new DynamoDBEventStore({ ...this.#options, budgetMs });
  }

  /**
   * Appends to several streams, checks others, claims and releases unique values, 1 to 100 parts, all or nothing. Costs one
   * TransactWriteItems: two write units for each KB of each commit, two for each check, claim and release. A transaction of one
   * append is an append, at half the price.
   *
   * @throws ConflictError, ClaimTakenError, StreamDeletedError, InvalidArgumentError, InvalidEventError, CommitTooLargeError
   * @throws ThrottledError, UnavailableError, RequestRefusedError
   */
  override async transact(parts: readonly TransactionPart[]): Promise<readonly Commit[]> {
    const only = onlyAppend(parts);
    return only ? [await this.append(only)] : transact(this.#context, parts, allParts);
  }

  /**
   * Adds a snapshot to the last commit of a stream. Costs one Query of one item and one UpdateItem: one write unit for
   * each KB of the whole commit. The table's stream carries a MODIFY record, which is no event.
   *
   * @returns Whether it was small enough to be carried.
   * @throws ConflictError, StreamNotFoundError, ThrottledError, UnavailableError, RequestRefusedError
   */
  async saveSnapshot({ stream, version }: Position, snapshot: Snapshot): Promise<boolean> {
    return operate(this.#context, 'saveSnapshot', stream, async (operation) => {
      const item = version === 0 ? undefined : await new ItemPages({ ...this.#context, stream, operation }).last();
      if (item === undefined) throw new StreamNotFoundError(stream);
      const { last } = fromItem(item);
      if (last !== version) throw new ConflictError(stream, version);
      const carrying = snapshotOn(item, snapshot, this.#context.encoding);
      if ('reason' in carrying) {
        this.#context.encoding.onSnapshotSkipped({ stream, version, schema: snapshot.schema, reason: carrying.reason });
        return false;
      }
      const command = unlogged(
        this.#context.client,
        new UpdateItemCommand({ ...toSnapshotUpdate(this.#context.tableName, carrying.item), ...operation.ask }),
      );
      operation.count(() => itemBytes(carrying.item));
      await operation.send('write', () => this.#context.client.send(command), canWriteAgain).catch(throwTranslated);
      return true;
    });
  }

  /**
   * Tells who holds a unique value. Costs one GetItem: one read unit.
   *
   * @throws InvalidArgumentError, ThrottledError, UnavailableError, RequestRefusedError
   */
  async holderOf(key: ClaimKey): Promise<string | undefined> {
    checkClaimKey(key);
    return operate(this.#context, 'holderOf', undefined, async (operation) => {
      const command = unlogged(
        this.#context.client,
        new GetItemCommand({
          TableName: this.#context.tableName,
          Key: claimItemKey(key),
          ConsistentRead: true,
          ...operation.ask,
        }),
      );
      const { Item: item } = await operation
        .send('read', () => this.#context.client.send(command), isWorthRepeating)
        .catch(throwTranslated);
      return holderIn(item, this.#context.clock.now());
    });
  }

  /**
   * Scans all commits. Costs one Scan for each megabyte of the table, of every category: half a read unit for each 4 KB.
   *
   * @throws InvalidArgumentError, StreamCorruptedError, ThrottledError, UnavailableError, RequestRefusedError
   */
  scan(options: ScanOptions = {}): AsyncIterable<ScanPage> {
    return operateInPages(this.#context, 'scan', undefined, (operation) =>
      scanCommits({ ...this.#context, operation }, options),
    );
  }

  /**
   * Lists the streams of a category. Costs as much as a scan of all commits.
   *
   * @throws InvalidArgumentError, ThrottledError, UnavailableError, RequestRefusedError
   */
  streams(category: string, options: Omit<ScanOptions, 'category' | 'cursor'> = {}): AsyncIterable<string> {
    return operateInPages(this.#context, 'streams', undefined, (operation) =>
      scanStreams({ ...this.#context, operation }, category, options),
    );
  }
}
