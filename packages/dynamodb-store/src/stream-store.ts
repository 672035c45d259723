import {
  type Append,
  type Commit,
  checkPosition,
  checkRange,
  deletionAfter,
  type Latest,
  type LoadQuery,
  type Metadata,
  onlyAppend,
  type Position,
  type ReadRange,
  StreamNotFoundError,
  type StreamPart,
  type StreamStore,
} from '@everfold/core';
import { ItemPages } from './item-pages.js';
import { readStream } from './read-stream.js';
import { type DynamoDBEventStoreOptions, operate, type StoreContext, storeContext } from './store-context.js';
import { attributesFor, readLatest } from './stream-reader.js';
import { streamParts } from './writes.js';
import { append, transact } from './writing.js';

/**
 * What commands and sagas need of the event store on a DynamoDB table: all but scanning it, saving snapshots and unique values. A bundle of a
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
  append(decided: Append): Promise<Commit> {
    return append(this.#context, decided);
  }

  /**
   * Appends to several streams and checks others, 1 to 100 parts, all or nothing. Costs one TransactWriteItems: two write units
   * for each KB of each commit, two for each check. A transaction of one append is an append, at half the price.
   *
   * @throws ConflictError, StreamDeletedError, InvalidArgumentError, InvalidEventError, CommitTooLargeError
   * @throws ThrottledError, UnavailableError, RequestRefusedError
   */
  async transact(parts: readonly StreamPart[]): Promise<readonly Commit[]> {
    const only = onlyAppend(parts);
    return only ? [await this.append(only)] : transact(this.#context, parts, streamParts);
  }

  /**
   * Reads a stream, consistently. Costs one Query for each megabyte, at least one: one read unit for each 4 KB. A range
   * that begins or ends in the middle of a commit of several items, or begins after the last one, costs one Query more for each.
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
      readLatest(
        new ItemPages({ ...this.#context, stream, operation, attributes: attributesFor(query) }),
        stream,
        query,
      ),
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
}
