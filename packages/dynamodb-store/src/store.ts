import {
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  type Append,
  type ClaimKey,
  type Clock,
  type Commit,
  ConflictError,
  checkClaimKey,
  checkPosition,
  checkRange,
  deletionAfter,
  type EventStore,
  type IdGenerator,
  InvalidArgumentError,
  type Latest,
  type LoadQuery,
  type Metadata,
  type Position,
  type PreparedPart,
  type PreparedTransaction,
  prepareTransaction,
  type Random,
  type ReadRange,
  type ScanOptions,
  type ScanPage,
  type Snapshot,
  type SnapshotSkippedListener,
  StreamNotFoundError,
  systemClock,
  systemIds,
  systemRandom,
  type TransactionPart,
  toCommit,
} from '@everfold/core';
import { claimItemKey, holderIn } from './claim-item.js';
import { fromItem } from './commit-item.js';
import { COMPRESS_ABOVE_BYTES } from './compression.js';
import { Operation, type OperationListener } from './connection.js';
import { isHeldUp, isOwnWrite, throwTranslated, translateWrite } from './failures.js';
import { itemBytes } from './item-bytes.js';
import { ItemPages } from './item-pages.js';
import { toPutItem, toSnapshotUpdate, toTransaction } from './requests.js';
import { scanCommits, scanStreams } from './scan.js';
import { snapshotOn, toItems } from './split.js';
import { attributesFor, readBackward, readForward, readLatest } from './stream-reader.js';
import { unlogged } from './unlogged.js';

/** What the store works with. All but the client and the table have defaults. */
export interface DynamoDBEventStoreOptions {
  readonly client: DynamoDBClient;
  /** The table made from `eventTable`. */
  readonly tableName: string;
  readonly clock?: Clock;
  readonly ids?: IdGenerator;
  readonly random?: Random;
  /**
   * Milliseconds in which an operation may begin another attempt, where throttling or a passing fault stopped one and
   * the SDK's own attempts were not enough. Default 5,000.
   */
  readonly budgetMs?: number;
  /**
   * Items of no more bytes are not compressed; others are where that saves a write unit. `Infinity`: never.
   * Default 1,024.
   */
  readonly compressAboveBytes?: number;
  /** Hears of a snapshot that is too large to be carried, or that JSON would change. Default: nobody. */
  readonly onSnapshotSkipped?: SnapshotSkippedListener;
  /** Hears of every operation when it is over: requests, units, bytes, retries, duration. Default: nobody. */
  readonly onOperation?: OperationListener;
}

const DEFAULT_BUDGET_MS = 5_000;

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
export class DynamoDBEventStore implements EventStore {
  readonly #options: DynamoDBEventStoreOptions;
  readonly #client: DynamoDBClient;
  readonly #tableName: string;
  readonly #ports: { clock: Clock; ids: IdGenerator };
  readonly #connection: ConstructorParameters<typeof Operation>[0];
  readonly #encoding: { compressAboveBytes: number; onSnapshotSkipped: SnapshotSkippedListener };

  /** @throws InvalidArgumentError when `budgetMs` or `compressAboveBytes` is below 0. */
  constructor(options: DynamoDBEventStoreOptions) {
    const { client, tableName, clock = systemClock, ids = systemIds, random = systemRandom, onOperation } = options;
    const { budgetMs = DEFAULT_BUDGET_MS, compressAboveBytes = COMPRESS_ABOVE_BYTES } = options;
    for (const [name, value] of Object.entries({ budgetMs, compressAboveBytes })) {
      if (!(value >= 0)) throw new InvalidArgumentError(`${name} is ${value}; give a number from 0.`);
    }
    this.#options = options;
    this.#client = client;
    this.#tableName = tableName;
    this.#ports = { clock, ids };
    this.#connection = { client, clock, random, budgetMs, onOperation };
    this.#encoding = { compressAboveBytes, onSnapshotSkipped: options.onSnapshotSkipped ?? (() => undefined) };
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
  within(budgetMs: number): DynamoDBEventStore {
    return new DynamoDBEventStore({ ...this.#options, budgetMs });
  }

  /**
   * Appends one commit. Costs one PutItem: one write unit for each KB of the commit, also when it conflicts. A commit
   * above 400 KB, compressed, costs one TransactWriteItems: two write units for each KB.
   *
   * @throws ConflictError, StreamDeletedError, InvalidArgumentError, InvalidEventError, CommitTooLargeError
   * @throws ThrottledError, UnavailableError, RequestRefusedError
   */
  async append(append: Append): Promise<Commit> {
    const commit = toCommit(append, this.#ports);
    const part: PreparedPart = { kind: 'append', commit, append };
    const [item, ...others] = toItems(commit, append.snapshot, this.#encoding);
    return this.#operation('append', commit.stream, async (operation) => {
      if (others.length > 0) {
        await this.#transact({ id: commit.id, now: this.#ports.clock.now(), parts: [part] }, operation);
      } else {
        const command = unlogged(
          this.#client,
          new PutItemCommand({ ...toPutItem(this.#tableName, item), ...operation.ask }),
        );
        operation.count(() => itemBytes(item));
        await this.#write([part], operation, () => this.#client.send(command));
      }
      return commit;
    });
  }

  /**
   * Appends to several streams, checks others, claims and releases unique values, 1 to 100 parts, all or nothing. Costs one
   * TransactWriteItems: two write units for each KB of each commit, two for each check, claim and release. A transaction of one
   * append is an append, at half the price.
   *
   * @throws ConflictError, ClaimTakenError, StreamDeletedError, InvalidArgumentError, InvalidEventError, CommitTooLargeError
   * @throws ThrottledError, UnavailableError, RequestRefusedError
   */
  async transact(parts: readonly TransactionPart[]): Promise<readonly Commit[]> {
    const [only, second] = parts;
    if (only !== undefined && 'after' in only && second === undefined) return [await this.append(only)];
    const transaction = prepareTransaction(parts, this.#ports);
    const commits = transaction.parts.flatMap((part) => (part.kind === 'append' ? [part.commit] : []));
    return this.#operation('transact', commits[0]?.stream, async (operation) => {
      await this.#transact(transaction, operation);
      return commits;
    });
  }

  /**
   * Reads a stream, consistently. Costs one Query for each megabyte, at least one: one read unit for each 4 KB. A range
   * that begins in the middle of a commit, or after the last one, costs one Query more.
   *
   * @throws InvalidArgumentError, StreamCorruptedError, ThrottledError, UnavailableError, RequestRefusedError
   */
  async *read(stream: string, range: ReadRange = {}): AsyncIterable<Commit> {
    checkRange(stream, range);
    if (range.upTo !== undefined && range.upTo <= (range.after ?? 0)) return;
    const operation = this.#begin('read', stream);
    let failure: unknown;
    try {
      const pages = this.#pages(stream, operation);
      for await (const commits of range.backward ? readBackward(pages, range) : readForward(pages, range))
        yield* commits;
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      operation.done(failure);
    }
  }

  /**
   * Reads the latest of a stream, consistently. Costs one Query for each megabyte, at least one: one read unit for each
   * 4 KB. Where there is a snapshot within the last `every` commits, that is one Query, however long the stream is.
   *
   * @throws InvalidArgumentError, StreamCorruptedError, ThrottledError, UnavailableError, RequestRefusedError
   */
  async load(stream: string, query: LoadQuery = {}): Promise<Latest> {
    const { upTo } = query;
    const known = query.after?.version ?? 0;
    checkRange(stream, { ...query, after: known });
    checkPosition(stream, query.after);
    if (upTo !== undefined && upTo <= known) return { commits: [] };
    return this.#operation('load', stream, (operation) =>
      readLatest(this.#pages(stream, operation, attributesFor(query)), stream, query),
    );
  }

  /**
   * Adds a snapshot to the last commit of a stream. Costs one Query of one item and one UpdateItem: one write unit for
   * each KB of the whole commit. The table's stream carries a MODIFY record, which is no event.
   *
   * @returns Whether it was small enough to be carried.
   * @throws ConflictError, StreamNotFoundError, ThrottledError, UnavailableError, RequestRefusedError
   */
  async saveSnapshot({ stream, version }: Position, snapshot: Snapshot): Promise<boolean> {
    return this.#operation('saveSnapshot', stream, async (operation) => {
      const item = version === 0 ? undefined : await this.#pages(stream, operation).last();
      if (item === undefined) throw new StreamNotFoundError(stream);
      const { last } = fromItem(item);
      if (last !== version) throw new ConflictError(stream, version);
      const carrying = snapshotOn(item, snapshot, this.#encoding);
      if ('reason' in carrying) {
        this.#encoding.onSnapshotSkipped({ stream, version, schema: snapshot.schema, reason: carrying.reason });
        return false;
      }
      const command = unlogged(
        this.#client,
        new UpdateItemCommand({ ...toSnapshotUpdate(this.#tableName, carrying.item), ...operation.ask }),
      );
      operation.count(() => itemBytes(carrying.item));
      await operation.send('write', () => this.#client.send(command)).catch(throwTranslated);
      return true;
    });
  }

  /**
   * Ends a stream for ever. Costs one PutItem of one write unit.
   *
   * @throws ConflictError, StreamDeletedError, StreamNotFoundError, ThrottledError, UnavailableError, RequestRefusedError
   */
  async delete(after: Position, metadata: Metadata): Promise<Commit> {
    if (after.version === 0) throw new StreamNotFoundError(after.stream);
    return this.append(deletionAfter(after, metadata));
  }

  /**
   * Tells who holds a unique value. Costs one GetItem: one read unit.
   *
   * @throws InvalidArgumentError, ThrottledError, UnavailableError, RequestRefusedError
   */
  async holderOf(key: ClaimKey): Promise<string | undefined> {
    checkClaimKey(key);
    return this.#operation('holderOf', undefined, async (operation) => {
      const command = unlogged(
        this.#client,
        new GetItemCommand({
          TableName: this.#tableName,
          Key: claimItemKey(key),
          ConsistentRead: true,
          ...operation.ask,
        }),
      );
      const { Item: item } = await operation.send('read', () => this.#client.send(command)).catch(throwTranslated);
      return holderIn(item, this.#ports.clock.now());
    });
  }

  /**
   * Scans all commits. Costs one Scan for each megabyte of the table, of every category: half a read unit for each 4 KB.
   *
   * @throws InvalidArgumentError, StreamCorruptedError, ThrottledError, UnavailableError, RequestRefusedError
   */
  async *scan(options: ScanOptions = {}): AsyncIterable<ScanPage> {
    yield* this.#scanning('scan', (ports) => scanCommits(ports, options));
  }

  /**
   * Lists the streams of a category. Costs as much as a scan of all commits.
   *
   * @throws InvalidArgumentError, ThrottledError, UnavailableError, RequestRefusedError
   */
  async *streams(category: string, options: Omit<ScanOptions, 'category' | 'cursor'> = {}): AsyncIterable<string> {
    yield* this.#scanning('streams', (ports) => scanStreams(ports, category, options));
  }

  async *#scanning<T>(
    name: string,
    scan: (ports: Parameters<typeof scanCommits>[0]) => AsyncIterable<T>,
  ): AsyncIterable<T> {
    const operation = this.#begin(name, undefined);
    let failure: unknown;
    try {
      yield* scan({ client: this.#client, tableName: this.#tableName, clock: this.#ports.clock, operation });
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      operation.done(failure);
    }
  }

  #begin(name: string, stream: string | undefined): Operation {
    return new Operation(this.#connection, name, stream);
  }

  async #operation<T>(
    name: string,
    stream: string | undefined,
    work: (operation: Operation) => Promise<T>,
  ): Promise<T> {
    const operation = this.#begin(name, stream);
    try {
      const result = await work(operation);
      operation.done();
      return result;
    } catch (error) {
      operation.done(error);
      throw error;
    }
  }

  #pages(stream: string, operation: Operation, attributes?: readonly string[]): ItemPages {
    const wanted = attributes === undefined ? {} : { attributes };
    return new ItemPages({ client: this.#client, tableName: this.#tableName, stream, operation, ...wanted });
  }

  async #transact(transaction: PreparedTransaction, operation: Operation): Promise<void> {
    const { input, parts, bytes } = toTransaction(this.#tableName, transaction, this.#encoding);
    const command = unlogged(this.#client, new TransactWriteItemsCommand({ ...input, ...operation.ask }));
    operation.count(() => bytes);
    await this.#write(parts, operation, () => this.#client.send(command));
  }

  async #write(
    parts: readonly PreparedPart[],
    operation: Operation,
    send: Parameters<Operation['send']>[1],
  ): Promise<void> {
    try {
      await operation.send('write', send);
    } catch (error) {
      if (isOwnWrite(error, parts)) return;
      const [first] = parts;
      // A transaction of somebody else holds the item, and an earlier attempt may have been carried out: only reading tells.
      const isOpen = isHeldUp(error) && operation.requests > 1 && first?.kind === 'append';
      if (isOpen && (await this.#isWritten(first.commit, operation))) return;
      throw translateWrite(error, parts, this.#ports.clock.now());
    }
  }

  async #isWritten({ stream, version, id }: Commit, operation: Operation): Promise<boolean> {
    for await (const [item] of this.#pages(stream, operation).of({ from: version, upTo: version }))
      return item?.commit?.S === id;
    return false;
  }
}
