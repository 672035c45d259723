import { InvalidArgumentError } from '@everfold/core';
import type { DynamoDBStreamEvent } from 'aws-lambda';

/** A function that a stream triggers, with the settings of its event source mapping. */
export interface StreamConsumer {
  /** The function's name: its positions and its dead letters go by it. */
  readonly name: string;
  /** Calls the handler. What it answers may be a `DynamoDBBatchResponse`. */
  readonly invoke: (event: DynamoDBStreamEvent) => unknown;
  /** Records a batch at the most, 1 to 10,000. Default 100. */
  readonly batchSize?: number;
  /**
   * How long to gather records after a batch that was not full, seconds, 0 to 300. Default 0. Lambda gathers before a batch, so
   * what comes after a silence comes at once here.
   */
  readonly windowSeconds?: number;
  /** How often a failed batch is tried again before it goes to the dead letters, 0 to 10,000. Default 10. */
  readonly retries?: number;
  /** Whether a failed batch is split in two, which in the end leaves the bad record alone. Default: no, as with Lambda. */
  readonly bisect?: boolean;
  /** Where to begin without a checkpoint: at the oldest record (default), or after the newest. */
  readonly start?: 'TRIM_HORIZON' | 'LATEST';
}

/** A consumer with every setting in place. */
export type CompleteConsumer = Required<StreamConsumer>;

/** @throws InvalidArgumentError when a setting is out of its range, or two consumers share a name. */
export function completeConsumers(consumers: readonly StreamConsumer[]): readonly CompleteConsumer[] {
  const names = new Set<string>();
  return consumers.map((consumer) => {
    const { name, invoke, batchSize = 100, windowSeconds = 0, retries = 10 } = consumer;
    const { bisect = false, start = 'TRIM_HORIZON' } = consumer;
    if (names.has(name)) throw new InvalidArgumentError(`Two functions are named "${name}". Rename one of them.`);
    names.add(name);
    checkRange(`The batch size of function "${name}"`, batchSize, 1);
    checkRange(`The number of retries of function "${name}"`, retries, 0);
    if (!(windowSeconds >= 0 && windowSeconds <= 300)) {
      throw new InvalidArgumentError(
        `The window of function "${name}" is ${windowSeconds} seconds. Set it to a number from 0 to 300.`,
      );
    }
    return { name, invoke, batchSize, windowSeconds, retries, bisect, start };
  });
}

function checkRange(what: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least && value <= 10_000) return;
  throw new InvalidArgumentError(`${what} is ${value}. Set it to a whole number from ${least} to 10,000.`);
}
