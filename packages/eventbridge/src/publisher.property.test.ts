import { type Commit, defineEvents, recordedEvents } from '@everfold/core';
import { encodeStreamRecord } from '@everfold/dynamodb-store';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { startFakeBus } from './bus.test.fixture.js';
import { createPublisher } from './publisher.js';

/** Commits of up to four streams, each stream's in version order. */
const anyCommits = fc
  .array(fc.record({ stream: fc.nat({ max: 3 }), events: fc.integer({ min: 1, max: 6 }) }), { maxLength: 25 })
  .map((drafts) => {
    const lasts = new Map<string, number>();
    return drafts.map((draft, index): Commit => {
      const stream = `order-${draft.stream}`;
      const version = (lasts.get(stream) ?? 0) + 1;
      const last = version + draft.events - 1;
      lasts.set(stream, last);
      const events = Array.from({ length: draft.events }, () => ({ type: 'Happened', data: {} }));
      const metadata = { correlationId: 'c', causationId: 'k' };
      return { stream, version, last, id: `commit${index}`, at: '2026-01-02T03:04:05.678Z', events, metadata };
    });
  });

/** For each event, how often the bus refuses it. */
const anyRefusals = fc.dictionary(
  fc.tuple(fc.nat({ max: 24 }), fc.nat({ max: 5 })).map(([commit, event]) => `commit${commit}.${event}`),
  fc.integer({ min: 1, max: 4 }),
  { maxKeys: 8 },
);

test('whatever is refused, every event is taken once or reported, and none is sent before an earlier one of its stream', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyCommits,
      anyRefusals,
      fc.integer({ min: 1, max: 4 }),
      async (commits, refusals, concurrency) => {
        const left = new Map(Object.entries(refusals));
        const accepted: string[] = [];
        const overtakers: string[] = [];
        const order = new Map(commits.flatMap(recordedEvents).map((event) => [event.id, event]));
        const inOneRequest = new Map<number, Set<string>>();
        const bus = await startFakeBus(({ Detail = '' }, request) => {
          const { id, stream, version } = JSON.parse(Detail);
          const others = inOneRequest.get(request) ?? new Set();
          inOneRequest.set(request, others.add(id));
          const earlier = [...order.values()].filter((event) => event.stream === stream && event.version < version);
          if (earlier.some((event) => !accepted.includes(event.id) && !others.has(event.id))) overtakers.push(id);
          const times = left.get(id) ?? 0;
          left.set(id, times - 1);
          if (times > 0) return 'ThrottlingException';
          accepted.push(id);
          return undefined;
        });
        const handler = createPublisher({
          client: bus.client,
          busName: 'b',
          source: 's',
          events: defineEvents({ Happened: z.unknown() }),
          concurrency,
          clock: { now: () => 0, sleep: async () => undefined },
          onFailure: () => undefined,
        });

        const { batchItemFailures } = await handler({
          Records: commits.map((commit, index) => encodeStreamRecord(commit, index + 1)),
        });
        await bus.stop();

        const reported = new Set(batchItemFailures.map(({ itemIdentifier }) => Number(itemIdentifier) - 1));
        expect(overtakers).toEqual([]);
        expect(new Set(accepted).size).toBe(accepted.length);
        for (const [index, commit] of commits.entries()) {
          const untaken = recordedEvents(commit).filter(({ id }) => !accepted.includes(id));
          if (!reported.has(index)) expect(untaken).toEqual([]);
        }
        const refusedForGood = Object.entries(refusals).some(([id, times]) => order.has(id) && times >= 3);
        expect(reported.size > 0).toBe(refusedForGood);
      },
    ),
    { numRuns: 60 },
  );
});
