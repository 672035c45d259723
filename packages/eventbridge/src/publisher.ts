import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  type Backoff,
  type Clock,
  type Commit,
  isReserved,
  jitteredDelay,
  type Random,
  type RecordedEvent,
  recordedEvents,
  systemClock,
  systemRandom,
} from '@everfold/core';
import {
  createStreamConsumer,
  type FailureListener,
  type StreamFailure,
  type StreamHandler,
} from '@everfold/dynamodb-store';
import { checkEntrySize, type OutgoingEvent, toRequests } from './entries.js';
import { toEntry } from './envelope.js';
import { PublishFailedError } from './errors.js';

/** What a publisher works with. All but the first three have defaults. */
export interface PublisherOptions {
  readonly client: EventBridgeClient;
  /** Name or ARN of the bus. */
  readonly busName: string;
  /** Who publishes, such as `shop.orders`: rules match it. */
  readonly source: string;
  /** Whether an event is told to others. Default: every event but Everfold's own. */
  readonly isPublic?: (event: RecordedEvent) => boolean;
  /** How often an entry that the bus refused is sent in all, at least 1, before its commit is reported. Default 3. */
  readonly attempts?: number;
  /** Waits between those attempts. Default: up to 50 ms, doubling, up to 1,000 ms. */
  readonly backoff?: Backoff;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Hears of every stream that is held back. Default: a line of JSON on standard error. */
  readonly onFailure?: FailureListener;
}

const BACKOFF: Backoff = { firstMs: 50, longestMs: 1_000 };

/**
 * Makes the Lambda handler that puts the events of the event table's stream on an EventBridge bus, at least once and in
 * the order of their stream. The event store is the outbox: nothing is written twice.
 *
 * Costs one PutEvents for each 10 events, or each 1 MB, of a batch. Only the entries that the bus refused are sent again.
 */
export function createPublisher(options: PublisherOptions): StreamHandler {
  const { onFailure } = options;
  return createStreamConsumer({
    handle: (commits) => publish(commits, options),
    ...(onFailure ? { onFailure } : {}),
  });
}

async function publish(commits: readonly Commit[], options: PublisherOptions): Promise<readonly StreamFailure[]> {
  const { attempts = 3, backoff = BACKOFF, clock = systemClock, random = systemRandom } = options;
  const { accepted, failures } = prepare(commits, options);
  let pending = accepted;
  for (let attempt = 1; ; attempt++) {
    const round = await sendInOrder(pending, options.client);
    pending = round.refused;
    if (pending.length === 0) return failures;
    if (attempt >= attempts) return [...failures, ...toFailures(pending, round.reason)];
    await clock.sleep(jitteredDelay(attempt, backoff, random));
  }
}

/** The entries of the public events, up to the first of a stream that the bus could never take. */
function prepare(commits: readonly Commit[], { busName, source, isPublic }: PublisherOptions) {
  const accepted: OutgoingEvent[] = [];
  const failures: StreamFailure[] = [];
  const held = new Set<string>();
  for (const commit of commits) {
    for (const event of recordedEvents(commit)) {
      if (held.has(commit.stream) || isReserved(event.type) || isPublic?.(event) === false) continue;
      const entry = toEntry(event, { busName, source });
      const error = checkEntrySize(event, entry);
      if (error === undefined) {
        accepted.push({ commit, event, entry });
        continue;
      }
      held.add(commit.stream);
      failures.push({ stream: commit.stream, after: commit.version - 1, error });
    }
  }
  return { accepted, failures };
}

interface Round {
  /** What is not on the bus, in order. */
  readonly refused: OutgoingEvent[];
  readonly reason: string;
}

/** Sends everything once. What follows a refused entry of the same stream waits for the next round. */
async function sendInOrder(events: readonly OutgoingEvent[], client: EventBridgeClient): Promise<Round> {
  const refused: OutgoingEvent[] = [];
  const held = new Set<string>();
  let reason = '';
  for (const request of toRequests(events)) {
    const sent = request.filter(({ commit }) => !held.has(commit.stream));
    const problems = sent.length === 0 ? [] : await send(sent, client);
    for (const outgoing of request) {
      const problem = held.has(outgoing.commit.stream) ? reason : problems[sent.indexOf(outgoing)];
      if (problem === undefined) continue;
      reason = problem;
      refused.push(outgoing);
    }
    for (const { commit } of refused) held.add(commit.stream);
  }
  return { refused, reason };
}

/** One request. @returns For each entry, why the bus refused it, or `undefined`. */
async function send(events: readonly OutgoingEvent[], client: EventBridgeClient): Promise<(string | undefined)[]> {
  try {
    const { Entries = [] } = await client.send(new PutEventsCommand({ Entries: events.map(({ entry }) => entry) }));
    return events.map((_event, index) => {
      const answer = Entries[index];
      if (answer?.EventId !== undefined && answer.ErrorCode === undefined) return undefined;
      return `${answer?.ErrorCode ?? 'NoAnswer'}: ${answer?.ErrorMessage ?? 'the bus did not say what became of it'}`;
    });
  } catch (error) {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return events.map(() => reason);
  }
}

function toFailures(refused: readonly OutgoingEvent[], reason: string): StreamFailure[] {
  const streams = new Map<string, OutgoingEvent[]>();
  for (const outgoing of refused) {
    const others = streams.get(outgoing.commit.stream) ?? [];
    streams.set(outgoing.commit.stream, [...others, outgoing]);
  }
  return [...streams].map(([stream, events]) => ({
    stream,
    after: Math.min(...events.map(({ commit }) => commit.version)) - 1,
    error: new PublishFailedError(
      events.map(({ event }) => event.id),
      reason,
    ),
  }));
}
