import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type Clock, type Random, systemClock } from '@everfold/core';
import { translate } from '@everfold/dynamodb-store';
import { getEach } from '../../read-models/dynamodb/batch-get.js';
import { translateWriteError } from '../../read-models/dynamodb/failures.js';
import type { Counted, ParkingWrites, StuckCommit } from '../parking-lot.js';
import { isSkipped } from '../skips.js';
import { attemptsOf, entryKey, fromStandingItem } from './parking-item.js';
import { type CountTimes, type TableLot, toCount, toStandingPut } from './parking-requests.js';

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
 * What projections park streams with, of the parking lot on a DynamoDB table: a bundle that only projects has less code with it than
 * with the whole lot. What each method costs is said at `DynamoDBParkingLot`.
 *
 * @example
 * ```ts
 * const lot = createParkingWrites({ client: new DynamoDBClient({}), tableName: 'read-models' });
 * export const handler = projectionHandler({ projection: orders, eventStore, readModels, parking: { lot } });
 * ```
 */
export function createParkingWrites(options: DynamoDBParkingLotOptions): ParkingWrites {
  const { client, tableName, clock = systemClock } = options;

  async function countOnce(
    lot: TableLot,
    commit: Pick<StuckCommit, 'stream' | 'version'>,
    times: CountTimes,
  ): Promise<Counted> {
    try {
      const { Attributes = {} } = await client.send(new UpdateItemCommand(toCount(lot, commit, times)));
      return { standing: fromStandingItem(Attributes), attempts: attemptsOf(Attributes, commit.version) };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw translate(error);
      return { standing: fromStandingItem(error.Item), attempts: undefined };
    }
  }

  return {
    async count(projection, commit, at) {
      const lot = { tableName, projection };
      const first = await countOnce(lot, commit, { at, expires: expiry(clock) });
      const { parked, skipped } = first.standing;
      if (first.attempts !== undefined || parked?.state === 'parked' || isSkipped(skipped, commit.version))
        return first;
      return countOnce(lot, commit, { at, expires: undefined });
    },

    standings: (projection, streams) =>
      getEach(options, streams, (stream) => entryKey(projection, stream), fromStandingItem),

    async save(projection, write) {
      try {
        await client.send(new PutItemCommand(toStandingPut({ tableName, projection }, write, expiry(clock))));
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw translateWriteError(error, standingOf(write.stream, projection));
      }
    },
  };
}

/** Seconds since 1970 at which an item that holds nothing of note may go. */
export function expiry(clock: Clock): number {
  return Math.floor(clock.now() / 1000) + COUNTS_KEPT_SECONDS;
}

/** What a write that fails was about. */
export function standingOf(stream: string, projection: string): string {
  return `The standing of stream "${stream}" with ${projection}`;
}
