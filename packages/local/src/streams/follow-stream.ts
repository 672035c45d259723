import { type Clock, type Random, systemClock, systemRandom } from '@everfold/core';
import type { DeadLetters } from '../dead-letters.js';
import { type Checkpoints, InMemoryCheckpoints } from './checkpoints.js';
import { Discovery } from './discovery.js';
import { type Log, standardErrorLog } from './log.js';
import type { StreamSource } from './source.js';
import { completeConsumers, type StreamConsumer } from './stream-consumer.js';
import { Subscription } from './subscription.js';

/** What is followed, by whom, and where the rest goes. */
export interface FollowOptions {
  readonly source: StreamSource;
  readonly consumers: readonly StreamConsumer[];
  /** Where records go that a consumer failed with to the end. */
  readonly deadLetters: DeadLetters;
  /** Where consumers find their positions again. Default: in memory. */
  readonly checkpoints?: Checkpoints;
  /** How often to look for new shards beside those that follow a finished one, milliseconds. Default 10,000. */
  readonly discoverMs?: number;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly log?: Log;
}

/** A stream that is being followed. */
export interface FollowedStream {
  /** Ends the deliveries after the batches in hand, and resolves once that is done. */
  stop(): Promise<void>;
}

/**
 * Follows a stream and hands its records to functions, as AWS Lambda's event source mappings do.
 *
 * Every consumer has its own position and pace: one that fails holds up no other. Per consumer and shard, batches come
 * one after the other; a failed one is tried again, then goes to the dead letters, and the shard goes on.
 * Resolves once every consumer's position is fixed: what is written after that is delivered.
 *
 * @throws InvalidArgumentError when two consumers share a name, or a setting is out of its range.
 *
 * @example
 * ```ts
 * const followed = await followStream({
 *   source: await tableStream({ client: new DynamoDBStreamsClient({ endpoint }), table: 'events' }),
 *   consumers: [{ name: 'publisher', invoke: (event) => handler(event, context), bisect: true }],
 *   deadLetters: fileDeadLetters('.everfold/dead-letters.jsonl'),
 * });
 * await followed.stop();
 * ```
 */
export async function followStream(options: FollowOptions): Promise<FollowedStream> {
  const { source, deadLetters, checkpoints = new InMemoryCheckpoints(), discoverMs = 10_000 } = options;
  const { clock = systemClock, random = systemRandom, log = standardErrorLog } = options;
  const consumers = completeConsumers(options.consumers);
  const ending = new AbortController();
  const { signal } = ending;
  const connection = source.connect(signal);
  const discovery = new Discovery({ clock, signal, discoverMs });
  const onShardEnd = () => discovery.request();
  const ports = { clock, random, log, deadLetters, checkpoints, signal, onShardEnd };
  const subscriptions = consumers.map((consumer) => new Subscription(consumer, source.name, ports));
  const discover = async () => {
    const shards = await connection.shards();
    await Promise.all(subscriptions.map((subscription) => subscription.follow(shards)));
  };

  try {
    await discover();
  } catch (error) {
    ending.abort();
    throw error;
  }
  const discovering = discovery.run(async () => {
    try {
      await discover();
    } catch (error) {
      if (!signal.aborted) log.warn(`The shards of ${source.name} cannot be listed (${String(error)}). Trying again.`);
    }
  });
  return {
    stop: async () => {
      ending.abort();
      await discovering;
      await Promise.all(subscriptions.map((subscription) => subscription.finish()));
    },
  };
}
