import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { type Backoff, type Clock, jitteredDelay, type Random } from '@everfold/core';
import { inParallel, type StreamFailure } from '@everfold/dynamodb-store';
import { type OutgoingEvent, toRequests } from './entries.js';
import { PublishFailedError } from './errors.js';
import { putEntries, type Refusal } from './put-entries.js';

/** What sending works with. */
export interface SendOptions {
  readonly client: EventBridgeClient;
  readonly attempts: number;
  readonly backoff: Backoff;
  readonly concurrency: number;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Sends events in rounds: what was refused, and what waits behind it in its stream, goes again in the next one.
 *
 * @param events - Each stream's in version order.
 * @returns The streams in which something stays refused.
 */
export async function sendAll(events: readonly OutgoingEvent[], options: SendOptions): Promise<StreamFailure[]> {
  const { attempts, backoff, clock, random } = options;
  const failures: StreamFailure[] = [];
  const refusedSoFar = new Map<OutgoingEvent, number>();
  let pending = events;
  while (pending.length > 0) {
    const { left, refusals } = await sendRound(pending, options);
    const givenUp = new Map<string, Refusal>();
    let most = 0;
    for (const [event, refusal] of refusals) {
      const times = (refusedSoFar.get(event) ?? 0) + 1;
      refusedSoFar.set(event, times);
      if (times >= attempts || !refusal.retryable) givenUp.set(event.commit.stream, refusal);
      else most = Math.max(most, times);
    }
    failures.push(...toFailures(left, givenUp));
    pending = left.filter(({ commit }) => !givenUp.has(commit.stream));
    if (pending.length > 0) await clock.sleep(jitteredDelay(most, backoff, random));
  }
  return failures;
}

interface Round {
  /** What is not on the bus, in order. */
  readonly left: readonly OutgoingEvent[];
  /** What was sent, and refused. */
  readonly refusals: ReadonlyMap<OutgoingEvent, Refusal>;
}

/**
 * Sends everything once, several requests at a time. A request waits for those before it that have a stream in common;
 * what follows a refused entry in its stream is not sent.
 */
async function sendRound(
  events: readonly OutgoingEvent[],
  { client, concurrency }: Pick<SendOptions, 'client' | 'concurrency'>,
): Promise<Round> {
  const accepted = new Set<OutgoingEvent>();
  const refusals = new Map<OutgoingEvent, Refusal>();
  const held = new Set<string>();
  const underWay = new Map<string, Promise<void>>();

  async function sendAfter(before: readonly (Promise<void> | undefined)[], request: readonly OutgoingEvent[]) {
    await Promise.all(before);
    const sent = request.filter(({ commit }) => !held.has(commit.stream));
    if (sent.length === 0) return;
    const answers = await putEntries(
      sent.map(({ entry }) => entry),
      client,
    );
    for (const [index, event] of sent.entries()) {
      const refusal = answers[index];
      if (refusal === undefined) accepted.add(event);
      else refusals.set(event, refusal);
    }
    for (const event of sent) if (refusals.has(event)) held.add(event.commit.stream);
  }

  // Requests are begun in their order, so one that is waited for is under way.
  await inParallel(toRequests(events), concurrency, (request) => {
    const streams = new Set(request.map(({ commit }) => commit.stream));
    const done = sendAfter(
      [...streams].map((stream) => underWay.get(stream)),
      request,
    );
    for (const stream of streams) underWay.set(stream, done);
    return done;
  });
  return { left: events.filter((event) => !accepted.has(event)), refusals };
}

function toFailures(left: readonly OutgoingEvent[], givenUp: ReadonlyMap<string, Refusal>): StreamFailure[] {
  const streams = new Map([...givenUp.keys()].map((stream): [string, OutgoingEvent[]] => [stream, []]));
  for (const event of left) streams.get(event.commit.stream)?.push(event);
  return [...givenUp].map(([stream, { reason, retryable }]) => {
    const events = streams.get(stream) ?? [];
    return {
      stream,
      after: (events[0]?.commit.version ?? 1) - 1,
      error: new PublishFailedError(
        events.map(({ id }) => id),
        reason,
        retryable,
      ),
    };
  });
}
