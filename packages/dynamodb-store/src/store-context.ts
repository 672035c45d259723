import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  type Clock,
  type IdGenerator,
  InvalidArgumentError,
  type Random,
  type SnapshotSkippedListener,
  systemClock,
  systemIds,
  systemRandom,
} from '@everfold/core';
import { COMPRESS_ABOVE_BYTES } from './compression.js';
import { type ConnectionOptions, Operation, type OperationListener } from './connection.js';
import type { Encoding } from './split.js';

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

/** What the operations of a store share. */
export interface StoreContext extends ConnectionOptions {
  readonly tableName: string;
  readonly ids: IdGenerator;
  readonly encoding: Encoding;
}

/** @throws InvalidArgumentError when `budgetMs` or `compressAboveBytes` is below 0. */
export function storeContext(options: DynamoDBEventStoreOptions): StoreContext {
  const { client, tableName, clock = systemClock, ids = systemIds, random = systemRandom, onOperation } = options;
  const { budgetMs = DEFAULT_BUDGET_MS, compressAboveBytes = COMPRESS_ABOVE_BYTES } = options;
  for (const [name, value] of Object.entries({ budgetMs, compressAboveBytes })) {
    if (!(value >= 0)) throw new InvalidArgumentError(`${name} is ${value}; give a number from 0.`);
  }
  const encoding = { compressAboveBytes, onSnapshotSkipped: options.onSnapshotSkipped ?? (() => undefined) };
  return { client, tableName, clock, ids, random, budgetMs, onOperation, encoding };
}

/** Does what one method of the store is asked for, and reports it. */
export async function operate<T>(
  context: StoreContext,
  name: string,
  stream: string | undefined,
  work: (operation: Operation) => Promise<T>,
): Promise<T> {
  const operation = new Operation(context, name, stream);
  try {
    const result = await work(operation);
    operation.done();
    return result;
  } catch (error) {
    operation.done(error);
    throw error;
  }
}

/** The same for a method that hands out page after page: it is over when the reader has enough. */
export async function* operateInPages<T>(
  context: StoreContext,
  name: string,
  stream: string | undefined,
  work: (operation: Operation) => AsyncIterable<T>,
): AsyncIterable<T> {
  const operation = new Operation(context, name, stream);
  let failure: unknown;
  try {
    yield* work(operation);
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    operation.done(failure);
  }
}
