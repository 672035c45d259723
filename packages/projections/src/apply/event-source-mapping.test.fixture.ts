import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';

/** The settings of an event source mapping that decide what is delivered when, and again. */
export interface Mapping {
  readonly batchSize: number;
  readonly parallelizationFactor: number;
  readonly bisectBatchOnFunctionError: boolean;
  /** -1 is without end. */
  readonly maximumRetryAttempts: number;
}

type Invoke = (event: DynamoDBStreamEvent) => Promise<DynamoDBBatchResponse | undefined>;

/**
 * Reads a shard as Lambda does, with `ReportBatchItemFailures`, and invokes a function with its batches.
 *
 * - Batches of a lane come one after the other, a failed one again. With a parallelization factor the lanes run at the
 *   same time, and order is kept for each item only: commits of one stream are different items, so they may be in
 *   several batches at once. Source: Lambda Developer Guide, "Using AWS Lambda with Amazon DynamoDB".
 * - The lowest sequence number that is reported is where it goes on. A thrown error is a failure of the whole batch, and
 *   so is an identifier that is empty or none of the batch's. Source: Lambda Developer Guide, "Configuring partial batch
 *   response with DynamoDB and Lambda".
 * - Bisecting cuts a batch that failed as a whole in two halves, which does not count as an attempt; one that failed in
 *   part is cut where it failed.
 * - What has been tried `maximumRetryAttempts` times again is discarded, with everything after it in the batch.
 *
 * @returns What was discarded.
 */
export async function readShard(
  records: readonly DynamoDBRecord[],
  invoke: Invoke,
  mapping: Mapping,
): Promise<readonly DynamoDBRecord[]> {
  const { batchSize, parallelizationFactor } = mapping;
  const lanes = Array.from({ length: parallelizationFactor }, (_, lane) =>
    records.filter((record) => laneOf(record, parallelizationFactor) === lane),
  );
  const discarded = await Promise.all(
    lanes.map(async (lane) => {
      const given: DynamoDBRecord[] = [];
      for (let from = 0; from < lane.length; from += batchSize)
        given.push(...(await deliver(lane.slice(from, from + batchSize), invoke, mapping)));
      return given;
    }),
  );
  return discarded.flat();
}

/** @returns What was discarded. */
async function deliver(batch: readonly DynamoDBRecord[], invoke: Invoke, mapping: Mapping): Promise<DynamoDBRecord[]> {
  const { maximumRetryAttempts: most, bisectBatchOnFunctionError: bisect } = mapping;
  let rest = batch;
  for (let attempts = 1; ; attempts++) {
    const handled = await handledBy(rest, invoke);
    if (handled === rest.length) return [];
    if (handled > 0) {
      rest = rest.slice(handled);
      attempts = 0;
      continue;
    }
    if (bisect && rest.length > 1) {
      const half = Math.ceil(rest.length / 2);
      const first = await deliver(rest.slice(0, half), invoke, mapping);
      return [...first, ...(await deliver(rest.slice(half), invoke, mapping))];
    }
    if (most >= 0 && attempts > most) return [...rest];
  }
}

/** How many records of a batch are taken to be handled. */
async function handledBy(batch: readonly DynamoDBRecord[], invoke: Invoke): Promise<number> {
  try {
    const response = await invoke({ Records: [...batch] });
    const failed = (response?.batchItemFailures ?? []).map(({ itemIdentifier }) =>
      batch.findIndex(({ dynamodb }) => itemIdentifier !== '' && dynamodb?.SequenceNumber === itemIdentifier),
    );
    return Math.max(0, Math.min(batch.length, ...failed));
  } catch {
    return 0;
  }
}

function laneOf({ dynamodb }: DynamoDBRecord, lanes: number): number {
  const { stream, version } = dynamodb?.Keys ?? {};
  return [...`${stream?.S}@${version?.N}`].reduce((hash, letter) => hash * 31 + letter.charCodeAt(0), 7) % lanes;
}
