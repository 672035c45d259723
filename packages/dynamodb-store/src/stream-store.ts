import { PutItemCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import {
  type Append,
  type Commit,
  checkPosition,
  checkRange,
  deletionAfter,
  type Latest,
  type LoadQuery,
  type Metadata,
  type Position,
  type PreparedPart,
  type PreparedTransaction,
  prepareTransaction,
  type ReadRange,
  StreamNotFoundError,
  type StreamStore,
  type TransactionPart,
  toCommit,
} from '@everfold/core';
import type { Operation } from './connection.js';
import { isHeldUp, isOwnWrite, translateWrite } from './failures.js';
import { itemBytes } from './item-bytes.js';
import { ItemPages } from './item-pages.js';
import { readStream } from './read-stream.js';
import { toPutItem, toTransaction } from './requests.js';
import { toItems } from './split.js';
import { type DynamoDBEventStoreOptions, operate, type StoreContext, storeContext } from './store-context.js';
import { attributesFor, readLatest } from './stream-reader.js';
import { unlogged } from './unlogged.js';

/**
 * What commands and sagas need of the event store on a DynamoDB table: all but scanning it, saving snapshots and asking who holds a claim. A bundle of a
 * function that has no need of those has less code with it than with {@link DynamoDBEventStore}, which is the same and more.
 *
 * Throttling and passing faults are retried within a budget of time, with jittered waits. What is thrown then says
 * whether a retry can help (`retryable`).
 *
 * @example
 * ```ts
 * const store = new DynamoDBStreamStore({ client: new DynamoDBClient({}), tableName: 'events' });
 * ```
 */
export class DynamoDBStreamStore implements StreamStore {
  readonly #options: DynamoDBEventStoreOptions;
  readonly #context: StoreContext;

  /** @throws InvalidArgumentError when `budgetMs` or `compressAboveBytes` is below 0. */
  constructor(options: DynamoDBEventStoreOptions) {
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
  within(budgetMs: number): DynamoDBStreamStore {
    return new DynamoDBStreamStore({ ...this.#options, budgetMs });
  }

  /**
   * Appends one commit. Costs one PutItem: one write unit for each KB of the commit, also when it conflicts. A commit
   * above 400 KB, compressed, costs one TransactWriteItems: two write units for each KB.
   *
   * @throws ConflictError, StreamDeletedError, InvalidArgumentError, InvalidEventError, CommitTooLargeError
   * @throws ThrottledError, UnavailableError, RequestRefusedError
   */
  async append(append: Append): Promise<Commit> {
    const commit = toCommit(append, this.#context);
    const part: PreparedPart = { kind: 'append', commit, append };
    const [item, ...others] = toItems(commit, append.snapshot, this.#context.encoding);
    return operate(this.#context, 'append', commit.stream, async (operation) => {
      if (others.length > 0) {
        await this.#transact({ id: commit.id, now: this.#context.clock.now(), parts: [part] }, operation);
      } else {
        const command = unlogged(
          this.#context.client,
          new PutItemCommand({ ...toPutItem(this.#context.tableName, item), ...operation.ask }),
        );
        operation.count(() => itemBytes(item));
        await this.#write([part], operation, () => this.#context.client.send(command));
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
    const transaction = prepareTransaction(parts, this.#context);
    const commits = transaction.parts.flatMap((part) => (part.kind === 'append' ? [part.commit] : []));
    return operate(this.#context, 'transact', commits[0]?.stream, async (operation) => {
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
  read(stream: string, range?: ReadRange): AsyncIterable<Commit> {
    return readStream(this.#context, stream, range);
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
    return operate(this.#context, 'load', stream, (operation) =>
      readLatest(this.#pages(stream, operation, attributesFor(query)), stream, query),
    );
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

  #pages(stream: string, operation: Operation, attributes?: readonly string[]): ItemPages {
    const wanted = attributes === undefined ? {} : { attributes };
    return new ItemPages({ ...this.#context, stream, operation, ...wanted });
  }

  async #transact(transaction: PreparedTransaction, operation: Operation): Promise<void> {
    const { input, parts, bytes } = toTransaction(this.#context.tableName, transaction, this.#context.encoding);
    const command = unlogged(this.#context.client, new TransactWriteItemsCommand({ ...input, ...operation.ask }));
    operation.count(() => bytes);
    await this.#write(parts, operation, () => this.#context.client.send(command));
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
      throw translateWrite(error, parts, this.#context.clock.now());
    }
  }

  async #isWritten({ stream, version, id }: Commit, operation: Operation): Promise<boolean> {
    for await (const [item] of this.#pages(stream, operation).of({ from: version, upTo: version }))
      return item?.commit?.S === id;
    return false;
  }
}
