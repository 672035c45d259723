import {
  type DynamoDBClient,
  QueryCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { type Clock, systemClock } from '@everfold/core';
import { translate } from '@everfold/dynamodb-store';
import { translateCancellation, translateWriteError } from '../../read-models/dynamodb/failures.js';
import type { Item } from '../../read-models/dynamodb/row-item.js';
import { limitOf, placeOf } from '../../read-models/page.js';
import type { PageRequest } from '../../read-models/read-model-store.js';
import type {
  Counted,
  ParkedStream,
  ParkingLot,
  ParkingPage,
  ParkingWrites,
  SkippedCommit,
  Standing,
  StandingWrite,
  StuckCommit,
} from '../parking-lot.js';
import { PLACE_PARTS, toParkingPage } from '../parking-page.js';
import { entryOf, parkedGroup, skippedGroup } from './parking-item.js';
import { toAuditedPut, toEntryQuery } from './parking-requests.js';
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

  constructor(options: DynamoDBParkingLotOptions) {
    this.#client = options.client;
    this.#tableName = options.tableName;
    this.#clock = options.clock ?? systemClock;
    this.#writes = createParkingWrites(options);
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
  async listParked(projection: string, request: PageRequest): Promise<ParkingPage<ParkedStream>> {
    return this.#list(projection, parkedGroup(projection), request);
  }

  /** Costs one Query of the index: half a read unit for each 4 KB of the entries together. */
  async listSkipped(projection: string, request: PageRequest): Promise<ParkingPage<SkippedCommit>> {
    return this.#list(projection, skippedGroup(projection), request);
  }

  async #list<TEntry extends ParkedStream | SkippedCommit>(
    projection: string,
    group: string,
    request: PageRequest,
  ): Promise<ParkingPage<TEntry>> {
    const limit = limitOf(request);
    const { descending = false } = request;
    const query = { group, after: placeOf(request, PLACE_PARTS), limit: limit + 1, descending };
    const input = toEntryQuery({ tableName: this.#tableName, projection }, query);
    const items: Item[] = [];
    let from = input.ExclusiveStartKey;
    do {
      const command = new QueryCommand({ ...input, ExclusiveStartKey: from });
      const page = await this.#client.send(command).catch(throwTranslated);
      items.push(...(page.Items ?? []));
      from = page.LastEvaluatedKey;
    } while (from !== undefined && items.length <= limit);
    const found = items.map((item) => {
      const entry = entryOf<TEntry>(item);
      return { entry, place: [item.sort?.S ?? '', entry.stream, item.key?.S ?? ''] };
    });
    return toParkingPage(found, limit);
  }
}

function throwTranslated(error: unknown): never {
  throw translate(error);
}
