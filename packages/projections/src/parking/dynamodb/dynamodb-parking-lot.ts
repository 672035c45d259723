import { type DynamoDBClient, TransactionCanceledException, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { type Clock, systemClock } from '@everfold/core';
import { translateCancellation, translateWriteError } from '../../read-models/dynamodb/failures.js';
import type { PageRequest } from '../../read-models/read-model-store.js';
import type {
  Counted,
  ParkedStream,
  ParkingLot,
  ParkingPage,
  ParkingQueries,
  ParkingWrites,
  SkippedCommit,
  Standing,
  StandingWrite,
  StuckCommit,
} from '../parking-lot.js';
import { createParkingQueries } from './parking-queries.js';
import { toAuditedPut } from './parking-requests.js';
import { createParkingWrites, type DynamoDBParkingLotOptions, expiry, standingOf } from './parking-writes.js';

/**
 * The parking lot in the table of the read models: an item for each stream that failed, was parked or had commits skipped.
 * Turn on `readModelTableTimeToLive`, so that DynamoDB removes the counts of failures that came to nothing.
 *
 * @example
 * ```ts
 * const lot = new DynamoDBParkingLot({ client: new DynamoDBClient({}), tableName: 'read-models' });
 * ```
 */
export class DynamoDBParkingLot implements ParkingLot {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;
  readonly #clock: Clock;
  readonly #writes: ParkingWrites;
  readonly #queries: ParkingQueries;

  constructor(options: DynamoDBParkingLotOptions) {
    this.#client = options.client;
    this.#tableName = options.tableName;
    this.#clock = options.clock ?? systemClock;
    this.#writes = createParkingWrites(options);
    this.#queries = createParkingQueries(options);
  }

  /** Costs one UpdateItem of one write unit; two for a stream that is being drained or had a commit skipped. */
  count(projection: string, commit: Pick<StuckCommit, 'stream' | 'version'>, at: string): Promise<Counted> {
    return this.#writes.count(projection, commit, at);
  }

  /** Costs one BatchGetItem for 100 streams: one read unit for each 4 KB of each standing, at least one. */
  standings(projection: string, streams: readonly string[]): Promise<ReadonlyMap<string, Standing>> {
    return this.#writes.standings(projection, streams);
  }

  /**
   * Costs one PutItem; with an audit, one TransactWriteItems. A write unit for each KB of the item, and as
   * much for the index; twice as much in a transaction.
   */
  async save(projection: string, { audit, ...write }: StandingWrite): Promise<boolean> {
    if (audit === undefined) return this.#writes.save(projection, write);
    const lot = { tableName: this.#tableName, projection };
    try {
      const request = toAuditedPut(lot, { ...write, audit }, expiry(this.#clock));
      await this.#client.send(new TransactWriteItemsCommand(request));
      return true;
    } catch (error) {
      const what = standingOf(write.stream, projection);
      if (!(error instanceof TransactionCanceledException)) throw translateWriteError(error, what);
      const translated = translateCancellation(error, what);
      if (translated !== undefined) throw translated;
      return false;
    }
  }

  /** Costs one Query of the index: half a read unit for each 4 KB of the entries together. */
  listParked(projection: string, request: PageRequest): Promise<ParkingPage<ParkedStream>> {
    return this.#queries.listParked(projection, request);
  }

  /** Costs one Query of the index: half a read unit for each 4 KB of the entries together. */
  listSkipped(projection: string, request: PageRequest): Promise<ParkingPage<SkippedCommit>> {
    return this.#queries.listSkipped(projection, request);
  }
}
