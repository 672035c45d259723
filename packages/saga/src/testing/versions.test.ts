import type { EventSchemas } from '@everfold/core';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { FakeProvider } from '../bench.test.fixture.js';
import type { AnySaga, Saga } from '../saga.js';
import type { AnyStep } from '../step.js';
import { contract, pivot, step, trip } from '../trip.test.fixture.js';
import { startMetadata, withEarlier } from '../versions.js';
import { sagaFixture } from './saga-fixture.js';

/* Versions whose events have nothing in common but the start: an old run ends under its own. */

const placed = { type: 'Placed', data: { orderId: 'o1' } };

/** A step whose events have other names, and which keeps its ledger where it was. */
function renamed(name: string, on: AnyStep['on']): AnyStep {
  const outcome = (type: string) => async () => ({ type, data: { orderId: 'o1' } });
  return {
    ...step(name, on),
    ok: `${name}Kept`,
    fails: [`${name}Refused`],
    run: outcome(`${name}Kept`),
    undo: { ok: `${name}Freed`, run: outcome(`${name}Freed`) },
    timeout: { after: '15m', fail: outcome(`${name}Refused`) },
  };
}

/** Plays a run that began under the earlier version. */
function play(earlier: AnySaga, now: AnySaga) {
  const provider = new FakeProvider();
  const both = withEarlier(now, earlier) as Saga<EventSchemas, Record<string, FakeProvider>>;
  const run = sagaFixture(both, { services: { Hotel: provider, Pay: provider } });
  return { run, provider };
}

describe('a run that began under an earlier version', () => {
  const old = trip([step('Hotel', 'Placed'), pivot('Pay', 'HotelDone')]);
  const renewed = trip([renamed('Hotel', 'Placed'), pivot('Pay', 'HotelKept')], { version: 2 });

  test('has its undo tried again, though the new version knows none of its events', async () => {
    const { run, provider } = play(old, renewed);
    provider.refused.add('trip/Pay/o1');

    run.throwing('Hotel', 'undo').when(placed, startMetadata(old)).advance('1m');
    await run.thenEnded('Cancelled');
    expect([...provider.standings]).toEqual([['trip/Hotel/o1', 'taken back']]);
  });

  test('hears of its fact, though the new version knows none of its events', async () => {
    const wait = (ok: string, on: string): AnyStep => ({
      ...{ name: 'Nod', kind: 'wait', by: 'desk', on, ok, fails: [`${ok}Not`] },
      deadline: { after: '1d', fail: ({ key }) => ({ type: `${ok}Not`, data: { orderId: key } }) },
    });
    const { run } = play(
      trip([wait('Agreed', 'Placed'), pivot('Pay', 'Agreed')]),
      trip([wait('Nodded', 'Placed'), pivot('Pay', 'Nodded')], { version: 2 }),
    );
    const agreed = { type: 'Agreed', data: { orderId: 'o1' } };

    run.when(placed, { saga: 'trip', sagaVersion: 1 }).fact('Nod', agreed);
    await run.fact('Nod', agreed).thenEnded('Completed');
  });

  test('hears of the answer of another service, though the new version knows none of its events', async () => {
    const { run } = play(
      trip([contract('Hotel', 'Placed'), pivot('Pay', 'HotelDone')]),
      trip([{ ...contract('Hotel', 'Placed'), ok: 'HotelKept' }, pivot('Pay', 'HotelKept')], { version: 2 }),
    );

    run.when(placed, { saga: 'trip', sagaVersion: 1 }).answer({ type: 'HotelDone', data: { orderId: 'o1' } });
    await run.thenEnded('Completed');
  });

  test('reads its events by its own schemas, where the new ones ask for more', async () => {
    const demanding = trip([step('Hotel', 'Placed'), pivot('Pay', 'HotelDone')], { version: 2 });
    const more = z.object({ orderId: z.string(), stars: z.number() });
    const { run } = play(old, { ...demanding, events: { ...demanding.events, HotelDone: more } });

    await run.when(placed, startMetadata(old)).thenEnded('Completed');
  });
});
