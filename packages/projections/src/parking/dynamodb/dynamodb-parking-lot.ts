import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type Clock, type Random, systemClock, systemRandom } from '@everfold/core';
import { translate } from '@everfold/dynamodb-store';
import { batchGet } from '../../read-models/dynamodb/batch-get.js';
import { translateCancellation, translateWriteError } from '../../read-models/dynamodb/failures.js';
import type { Item } from '../../read-models/dynamodb/row-item.js';
import { limitOf, placeOf } from '../../read-models/page.js';
import type { PageRequest } from '../../read-models/read-model-store.js';
import type {
  Counted,
  ParkedStream,
  ParkingLot,
  ParkingPage,
  SkippedCommit,
  Standing,
  StandingWrite,
  StuckCommit,
} from '../parking-lot.js';
import { PLACE_PARTS, toParkingPage } from '../parking-page.js';
import { isSkipped } from '../skips.js';
import { attemptsOf, entryKey, entryOf, fromStandingItem, parkedGroup, skippedGroup } from './parking-item.js';
import {
  type CountTimes,
  type TableLot,
  toAuditedPut,
  toCount,
  toEntryQuery,
  toStandingPut,
} from './parking-requests.js';

/** What the parking lot works with. */
export interface DynamoDBParkingLotOptions {
  readonly client: DynamoDBClient;
  /** The table of the read models, made from `readModelTable`. */
  readonly tableName: string;
  readonly clock?: Clock;
  readonly random?: Random;
}

/** A stream record is tried again for a day at the most; counts that came to nothing stay longer than that. */
const COUNTS_KEPT_SECONDS = 7 * 24 * 60 * 60;

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
  readonly #ports: { clock: Clock; random: Random };

  constructor({ client, tableName, clock = systemClock, random = systemRandom }: DynamoDBParkingLotOptions) {
    this.#client = client;
    this.#tableName = tableName;
    this.#ports = { clock, random };
  }

  /** Costs one UpdateItem of one write unit; two for a stream that is being drained or had a commit skipped. */
  async count(projection: string, commit: Pick<StuckCommit, 'stream' | 'version'>, at: string): Promise<Counted> {
    const lot = this.#lot(projection);
    const first = await this.#count(lot, commit, { at, expires: expiry(this.#ports.clock.now()) });
    const { parked, skipped } = first.standing;
    if (first.attempts !== undefined || parked?.state === 'parked' || isSkipped(skipped, commit.version)) return first;
    return this.#count(lot, commit, { at, expires: undefined });
  }

  /** Costs one BatchGetItem for 100 streams: one read unit for each 4 KB of each standing, at least one. */
  async standings(projection: string, streams: readonly string[]): Promise<ReadonlyMap<string, Standing>> {
    const keys = new Map(streams.map((stream) => [stream, entryKey(projection, stream)]));
    const context = { client: this.#client, tableName: this.#tableName, ...this.#ports };
    const items = await batchGet(context, [...keys.values()]).catch(throwTranslated);
    const found = new Map(items.map((item) => [item.part?.S, item]));
    return new Map([...keys].map(([stream, { part }]) => [stream, fromStandingItem(found.get(part.S))]));
  }

  /**
   * Costs one PutItem; with an audit, one TransactWriteItems. A write unit for each KB of the item, and as
   * much for the index; twice as much in a transaction.
   */
  async save(projection: string, write: StandingWrite): Promise<boolean> {
    const what = `The standing of stream "${write.stream}" with ${projection}`;
    try {
      await this.#send(this.#lot(projection), write);
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
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

  #lot(projection: string): TableLot {
    return { tableName: this.#tableName, projection };
  }

  async #count(lot: TableLot, commit: Pick<StuckCommit, 'stream' | 'version'>, times: CountTimes): Promise<Counted> {
    try {
      const { Attributes = {} } = await this.#client.send(new UpdateItemCommand(toCount(lot, commit, times)));
      return { standing: fromStandingItem(Attributes), attempts: attemptsOf(Attributes, commit.version) };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw translate(error);
      return { standing: fromStandingItem(error.Item), attempts: undefined };
    }
  }

  async #send(lot: TableLot, { audit, ...write }: StandingWrite): Promise<unknown> {
    const expires = expiry(this.#ports.clock.now());
    return audit === undefined
      ? this.#client.send(new PutItemCommand(toStandingPut(lot, write, expires)))
      : this.#client.send(new TransactWriteItemsCommand(toAuditedPut(lot, { ...write, audit }, expires)));
  }

  async #list<TEntry extends ParkedStream | SkippedCommit>(
    projection: string,
    group: string,
    request: PageRequest,
  ): Promise<ParkingPage<TEntry>> {
    const limit = limitOf(request);
    const { descending = false } = request;
    const query = { group, after: placeOf(request, PLACE_PARTS), limit: limit + 1, descending };
    const input = toEntryQuery(this.#lot(projection), query);
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

/** Seconds since 1970 at which an item that holds nothing of note may go. */
function expiry(now: number): number {
  return Math.floor(now / 1000) + COUNTS_KEPT_SECONDS;
}

function throwTranslated(error: unknown): never {
  throw translate(error);
}
