import {
  type _Stream,
  DescribeStreamCommand,
  type DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
  type Shard as ShardDescription,
} from '@aws-sdk/client-dynamodb-streams';
import { toLambdaRecord } from './lambda-record.js';
import type { Position, SequencedRecord } from './source.js';

/** What one `GetRecords` gave. */
export interface RecordsPage {
  readonly records: readonly SequencedRecord[];
  /** Where to go on; `undefined` at the end of a closed shard. */
  readonly next: string | undefined;
}

/** The requests that reading a stream takes. All of them throw the SDK's errors. */
export class StreamsApi {
  readonly streamArn: string;
  readonly #client: DynamoDBStreamsClient;
  readonly #options: { readonly abortSignal: AbortSignal };

  constructor(client: DynamoDBStreamsClient, streamArn: string, signal: AbortSignal) {
    this.streamArn = streamArn;
    this.#client = client;
    this.#options = { abortSignal: signal };
  }

  /** Every shard of the stream. Costs one request for each 100 shards. */
  async describeShards(): Promise<readonly ShardDescription[]> {
    const shards: ShardDescription[] = [];
    let start: string | undefined;
    do {
      const request = new DescribeStreamCommand({ StreamArn: this.streamArn, ExclusiveStartShardId: start });
      const { StreamDescription } = await this.#client.send(request, this.#options);
      shards.push(...(StreamDescription?.Shards ?? []));
      start = StreamDescription?.LastEvaluatedShardId;
    } while (start !== undefined);
    return shards;
  }

  /** An iterator that begins at the position; it is good for 15 minutes. Costs one request. */
  async getIterator(shardId: string, position: Position): Promise<string | undefined> {
    const request = new GetShardIteratorCommand({
      StreamArn: this.streamArn,
      ShardId: shardId,
      ...(typeof position === 'string'
        ? { ShardIteratorType: position }
        : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: position.after }),
    });
    const { ShardIterator } = await this.#client.send(request, this.#options);
    return ShardIterator;
  }

  /** Up to 1,000 records or 1 MB of them. Costs one request. */
  async getRecords(iterator: string): Promise<RecordsPage> {
    const request = new GetRecordsCommand({ ShardIterator: iterator });
    const { Records = [], NextShardIterator } = await this.#client.send(request, this.#options);
    return { records: Records.map((record) => toLambdaRecord(record, this.streamArn)), next: NextShardIterator };
  }
}

/** The ARN of a table's newest stream, if it has any. Costs one request for each 100 streams. */
export async function findStream(client: DynamoDBStreamsClient, table: string): Promise<string | undefined> {
  const streams: _Stream[] = [];
  let start: string | undefined;
  do {
    const request = new ListStreamsCommand({ TableName: table, ExclusiveStartStreamArn: start });
    const { Streams = [], LastEvaluatedStreamArn } = await client.send(request);
    streams.push(...Streams);
    start = LastEvaluatedStreamArn;
  } while (start !== undefined);
  // A stream's label is the time of its creation; a stream that was turned off stays in the list for a day.
  const newestFirst = streams.toSorted((a, b) => (b.StreamLabel ?? '').localeCompare(a.StreamLabel ?? ''));
  return newestFirst[0]?.StreamArn;
}
