import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import {
  type Backoff,
  type Clock,
  type Commit,
  type EventSchemas,
  InvalidArgumentError,
  type Random,
  recordedEvents,
  systemClock,
  systemRandom,
} from '@everfold/core';
import {
  createStreamConsumer,
  type FailureListener,
  type HandleCommits,
  type StreamFailure,
  type StreamHandler,
} from '@everfold/dynamodb-store';
import { fittingEntry, LARGEST_WHOLE_BYTES, type OutgoingEvent } from './entries.js';
import type { BusAddress } from './envelope.js';
import { failuresTo, type Logger } from './logger.js';
import { type Announce, type Publication, toAnnounce } from './publication.js';
import { sendAll } from './send.js';

/** What a publisher works with. All but the first four have defaults. */
export interface PublisherOptions<TSchemas extends EventSchemas> {
  readonly client: EventBridgeClient;
  /** Name or ARN of the bus. */
  readonly busName: string;
  /** Who publishes, such as `shop.orders`: rules match it. */
  readonly source: string;
  /** The events that may be told to others. What is not defined here never leaves the store. */
  readonly events: TSchemas;
  /** What is told of each of them, and under which name. Default: all of them, as they are recorded. */
  readonly publish?: Publication<NoInfer<TSchemas>>;
  /**
   * Bytes of an entry above which an event is sent as a reference, 1 to 1,047,552. EventBridge bills each 64 KB. Default: what
   * is too large for a function, 1,047,552.
   */
  readonly referenceAboveBytes?: number;
  /** How many requests at a time, at least 1. Default 8. */
  readonly concurrency?: number;
  /** How often an entry that the bus refused is sent in all, at least 1, before its commit is reported. Default 3. */
  readonly attempts?: number;
  /** Waits between those attempts. Default: up to 50 ms, doubling, up to 1,000 ms. */
  readonly backoff?: Backoff;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Is told of every stream that is held back. Default: a line of JSON on standard error. */
  readonly logger?: Logger;
  /** Hears of every stream that is held back, beside the logger. */
  readonly onFailure?: FailureListener;
}

const BACKOFF: Backoff = { firstMs: 50, longestMs: 1_000 };

/**
 * Makes the Lambda handler that puts the events of the event table's stream on an EventBridge bus, at least once and in
 * the order of their stream. The event store is the outbox: nothing is written twice.
 *
 * Costs one PutEvents for each 10 public events, or each 1 MB, of a batch. Only the entries that the bus refused are sent
 * again.
 *
 * @throws InvalidArgumentError when `publish` is not right, or a number is out of range.
 *
 * @example
 * ```ts
 * import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
 *
 * export const handler = createPublisher({
 *   client: new EventBridgeClient({}),
 *   busName: 'orders',
 *   source: 'shop.orders',
 *   events: orderEvents,
 *   publish: { OrderPlaced: { as: 'shop.OrderPlaced', data: ({ data }) => ({ orderId: data.orderId }) } },
 * });
 * ```
 */
export function createPublisher<TSchemas extends EventSchemas>(options: PublisherOptions<TSchemas>): StreamHandler {
  const { logger, onFailure } = options;
  const listeners = [...(logger ? [failuresTo(logger)] : []), ...(onFailure ? [onFailure] : [])];
  return createStreamConsumer({
    handle: createCommitPublisher(options),
    ...(listeners.length > 0 && {
      onFailure: (failure) => {
        for (const listen of listeners) listen(failure);
      },
    }),
  });
}

/**
 * Makes the function that puts the events of commits on an EventBridge bus, as the publisher does: for whoever has read them
 * from the store, to publish once more what was lost.
 *
 * Costs as the publisher.
 *
 * @returns A function that answers with the streams which were not published to their end.
 * @throws InvalidArgumentError when `publish` is not right, or a number is out of range.
 *
 * @example
 * ```ts
 * import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
 *
 * const publish = createCommitPublisher({ client: new EventBridgeClient({}), busName: 'orders', source: 'shop.orders', events: orderEvents });
 * const failures = await publish(commits);
 * ```
 */
export function createCommitPublisher<TSchemas extends EventSchemas>(
  options: Omit<PublisherOptions<TSchemas>, 'logger' | 'onFailure'>,
): HandleCommits {
  const { events, publish, referenceAboveBytes = LARGEST_WHOLE_BYTES } = options;
  const { client, attempts = 3, concurrency = 8, backoff = BACKOFF } = options;
  const { clock = systemClock, random = systemRandom } = options;
  checkNumber('referenceAboveBytes', referenceAboveBytes, LARGEST_WHOLE_BYTES);
  checkNumber('attempts', attempts);
  checkNumber('concurrency', concurrency);
  const announce = toAnnounce(events, publish);
  const address = { busName: options.busName, source: options.source, referenceAboveBytes };
  return async (commits) => {
    const { outgoing, failures } = prepare(commits, announce, address);
    const refused = await sendAll(outgoing, { client, attempts, backoff, concurrency, clock, random });
    return [...failures, ...refused];
  };
}

/** The entries of the public events, up to the first of a stream that cannot be made. */
function prepare(
  commits: readonly Commit[],
  announce: Announce,
  address: BusAddress & { readonly referenceAboveBytes: number },
) {
  const outgoing: OutgoingEvent[] = [];
  const failures: StreamFailure[] = [];
  const held = new Set<string>();
  for (const commit of commits) {
    if (held.has(commit.stream)) continue;
    try {
      for (const event of recordedEvents(commit)) {
        for (const published of announce(event)) {
          outgoing.push({ commit, id: published.event.id, ...fittingEntry(published, address) });
        }
      }
    } catch (error) {
      held.add(commit.stream);
      failures.push({ stream: commit.stream, after: commit.version - 1, error });
    }
  }
  return { outgoing, failures };
}

function checkNumber(name: string, value: number, most = Number.POSITIVE_INFINITY): void {
  if (Number.isInteger(value) && value >= 1 && value <= most) return;
  const range = most === Number.POSITIVE_INFINITY ? 'from 1' : `from 1 to ${most}`;
  throw new InvalidArgumentError(`${name} of the publisher is ${value}; give a whole number ${range}.`);
}
