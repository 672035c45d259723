import { deepStrictEqual, ok } from 'node:assert/strict';
import { carriedByJson } from '../commit.js';
import { checkEvent, type EventOf, type EventSchemas, validateEvent } from '../events.js';
import { evolutionOf, revisionOf } from '../evolution/evolving.js';
import { readEvents } from '../evolution/read-events.js';
import type { TestRunner } from './event-store-contract.js';

/** A payload as it was recorded once, and what it is read as today. */
export interface EventFixture<TSchemas extends EventSchemas> {
  readonly type: keyof TSchemas & string;
  /** The form of `data`. Default 1. */
  readonly revision?: number;
  /** What was recorded: best copied from a store, and never changed. */
  readonly data: unknown;
  /** The events of today: one, as a rule. */
  readonly becomes: readonly EventOf<TSchemas>[];
}

/**
 * Describes, as tests, that payloads of old are read as today's events, which their schemas accept. A fixture of the
 * present revision has to be what is recorded today, too. The checks are made with `node:assert`, so any test runner will do.
 *
 * One more test fails when an event made by `evolving` has no fixture for an earlier revision; or for the present one,
 * where a codec makes its form.
 *
 * @param runner - `describe` and `it` of Vitest, Jest, Mocha or `node:test`.
 * @param events - What `defineEvents` returned.
 * @param fixtures - As many for each revision as there were kinds of data.
 *
 * @example
 * ```ts
 * import { describe, it } from 'vitest';
 *
 * describeEventFixtures({ describe, it }, orderEvents, [
 *   { type: 'OrderPlaced', data: { orderId: '7', amountCents: 5 }, becomes: [{ type: 'OrderPlaced', data: { orderId: '7', amountCents: 5 } }] },
 * ]);
 * ```
 */
export function describeEventFixtures<TSchemas extends EventSchemas>(
  { describe, it }: TestRunner,
  events: TSchemas,
  fixtures: readonly EventFixture<TSchemas>[],
): void {
  describe('events of old', () => {
    for (const fixture of fixtures) {
      const { type, revision = 1 } = fixture;
      it(`"${type}" of revision ${revision} is read as it is today`, () => checkReading(events, fixture));
      if (revision === revisionOf(events[type])) {
        it(`"${type}" is recorded in revision ${revision} as its fixture has it`, () => checkWriting(events, fixture));
      }
    }

    it('have fixtures of all their revisions', async () => {
      const covered = new Set(fixtures.map(({ type, revision = 1 }) => `"${type}" of revision ${revision}`));
      const missing = revisionsOf(events).filter((revision) => !covered.has(revision));
      ok(missing.length === 0, `There are no fixtures for ${missing.join(', ')}. Add what was recorded of them.`);
    });
  });
}

async function checkReading<TSchemas extends EventSchemas>(events: TSchemas, fixture: EventFixture<TSchemas>) {
  const recorded = carriedByJson([fixture]);
  const read = readEvents(events, recorded, 'fixture');
  deepStrictEqual(
    read.map(({ type, data }) => ({ type, data })),
    fixture.becomes.map(({ type, data }) => ({ type, data })),
  );
  for (const event of read) await checkEvent(events, event);
}

async function checkWriting<TSchemas extends EventSchemas>(events: TSchemas, fixture: EventFixture<TSchemas>) {
  const written = await Promise.all(fixture.becomes.map(({ type, data }) => validateEvent(events, { type, data })));
  deepStrictEqual(carriedByJson(written), carriedByJson([fixture]));
}

/** The revisions whose data only a fixture can show: it is not what the schema outputs. */
function revisionsOf(events: EventSchemas): string[] {
  return Object.entries(events).flatMap(([type, schema]) => {
    const { revision = 1, codec } = evolutionOf(schema) ?? {};
    const count = codec ? revision : revision - 1;
    return Array.from({ length: count }, (_, index) => `"${type}" of revision ${index + 1}`);
  });
}
