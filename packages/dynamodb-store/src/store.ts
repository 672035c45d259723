import {
  type AttributeValue,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import {
  type Append,
  type Clock,
  type Commit,
  checkFollows,
  type EventStore,
  type IdGenerator,
  type ReadRange,
  systemClock,
  systemIds,
  toCommit,
  toCommits,
} from '@everfold/core';
import { fromItem } from './commit-item.js';
import { isOwnWrite, mayBeWritten, throwTranslated, translateWriteError } from './failures.js';
import { toPutItem, toQuery, toTransactWriteItems } from './requests.js';

/** What the store works with. */
export interface DynamoDBEventStoreOptions {
  readonly client: DynamoDBClient;
  /** The table made from `eventTable`. */
  readonly tableName: string;
  readonly clock?: Clock;
  readonly ids?: IdGenerator;
}

/**
 * The event store on a DynamoDB table.
 *
 * @example
 * ```ts
 * const store = new DynamoDBEventStore({ client: new DynamoDBClient({}), tableName: 'events' });
 * ```
 */
export class DynamoDBEventStore implements EventStore {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;
  readonly #ports: { clock: Clock; ids: IdGenerator };

  constructor({ client, tableName, clock = systemClock, ids = systemIds }: DynamoDBEventStoreOptions) {
    this.#client = client;
    this.#tableName = tableName;
    this.#ports = { clock, ids };
  }

  /**
   * Appends one commit. Costs one PutItem: one write unit for each KB of the commit, also when it conflicts. In the rare
   * case that a repeated request meets somebody else's transaction, one Query tells whether the first one was written.
   *
   * @throws ConflictError, InvalidArgumentError, InvalidEventError, CommitTooLargeError, ThrottledError
   */
  async append(append: Append): Promise<Commit> {
    const commit = toCommit(append, this.#ports);
    await this.#write([commit], () => this.#client.send(new PutItemCommand(toPutItem(this.#tableName, commit))));
    return commit;
  }

  /**
   * Appends to 1 to 100 streams, all or nothing. Costs one TransactWriteItems: two write units for each KB of each
   * commit. A transaction of one stream is an append, at half the price.
   *
   * @throws ConflictError, InvalidArgumentError, InvalidEventError, CommitTooLargeError, ThrottledError
   */
  async transact(appends: readonly Append[]): Promise<readonly Commit[]> {
    const [only, second] = appends;
    if (only !== undefined && second === undefined) return [await this.append(only)];
    const commits = toCommits(appends, this.#ports);
    await this.#write(commits, () =>
      this.#client.send(new TransactWriteItemsCommand(toTransactWriteItems(this.#tableName, commits))),
    );
    return commits;
  }

  /**
   * Reads a stream, consistently. Costs one Query for each megabyte, at least one: one read unit for each 4 KB.
   *
   * @throws StreamCorruptedError, ThrottledError
   */
  async *read(stream: string, range: ReadRange = {}): AsyncIterable<Commit> {
    let version = range.after ?? 0;
    if (range.upTo !== undefined && range.upTo <= version) return;
    for await (const item of this.#query(stream, range)) {
      const commit = fromItem(item);
      checkFollows(commit, version);
      yield commit;
      version = commit.last;
    }
  }

  /** Page by page. Not `paginateQuery`: it refuses a client of another copy of the SDK, such as the service's own. */
  async *#query(stream: string, range: ReadRange): AsyncIterable<Record<string, AttributeValue>> {
    const query = toQuery(this.#tableName, stream, range);
    let from: Record<string, AttributeValue> | undefined;
    do {
      const command = new QueryCommand({ ...query, ExclusiveStartKey: from });
      const page = await this.#client.send(command).catch(throwTranslated);
      yield* page.Items ?? [];
      from = page.LastEvaluatedKey;
    } while (from !== undefined);
  }

  async #write(commits: readonly [Commit, ...Commit[]], send: () => Promise<unknown>): Promise<void> {
    try {
      await send();
    } catch (error) {
      if (isOwnWrite(error, commits)) return;
      if (mayBeWritten(error) && (await this.#isWritten(commits[0]))) return;
      throw translateWriteError(error, commits);
    }
  }

  async #isWritten({ stream, version, id }: Commit): Promise<boolean> {
    for await (const item of this.#query(stream, { after: version - 1, upTo: version })) return item.commit?.S === id;
    return false;
  }
}
