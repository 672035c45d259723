import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { type Clock, InvalidArgumentError, type Random, systemClock, systemRandom } from '@everfold/core';
import { type Log, standardErrorLog } from './log.js';
import { ShardReader } from './shard-reader.js';
import type { Shard, StreamConnection, StreamSource } from './source.js';
import { findStream, StreamsApi } from './streams-api.js';

/** Which stream is followed, and how. */
export interface TableStreamOptions {
  readonly client: DynamoDBStreamsClient;
  /** The table's name. */
  readonly table: string;
  /**
   * How long to wait before a shard that had nothing new is asked again, milliseconds. Default 100.
   * DynamoDB itself allows five requests a second and shard: 200 or more there.
   */
  readonly idleMs?: number;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly log?: Log;
}

/**
 * The stream of a DynamoDB table, as a source for {@link followStream}.
 *
 * However many functions follow it, each shard is read once: with nothing new, ten requests a second and shard; while
 * records come, one for each 1,000 of them. Costs one request by itself.
 *
 * @throws InvalidArgumentError when the table has no stream.
 */
export async function tableStream(options: TableStreamOptions): Promise<StreamSource> {
  const { client, table, idleMs = 100, clock = systemClock, random = systemRandom, log = standardErrorLog } = options;
  const streamArn = await findStream(client, table);
  if (streamArn === undefined) {
    throw new InvalidArgumentError(`Table "${table}" has no stream. Create it with a StreamSpecification.`);
  }
  return {
    name: streamArn,
    connect: (signal) => {
      const api = new StreamsApi(client, streamArn, signal);
      const openReader = (shardId: string) => new ShardReader(shardId, { api, clock, random, log, idleMs, signal });
      return connect(api, openReader);
    },
  };
}

function connect(api: StreamsApi, openReader: (shardId: string) => ShardReader): StreamConnection {
  const readers = new Map<string, ShardReader>();
  return {
    shards: async () => {
      const described = await api.describeShards();
      const listed = new Set(described.map(({ ShardId }) => ShardId));
      for (const id of readers.keys()) if (!listed.has(id)) readers.delete(id);
      return described.flatMap(({ ShardId, ParentShardId, SequenceNumberRange }): Shard[] => {
        if (ShardId === undefined) return [];
        const reader = readers.get(ShardId) ?? openReader(ShardId);
        readers.set(ShardId, reader);
        const isClosed = SequenceNumberRange?.EndingSequenceNumber !== undefined;
        return [{ id: ShardId, parent: ParentShardId, isClosed, open: (position) => reader.open(position) }];
      });
    },
  };
}
