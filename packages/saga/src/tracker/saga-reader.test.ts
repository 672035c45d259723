import { beforeEach, describe, expect, it } from 'vitest';
import { at, attempted, booking, MINUTE_MS, parked, START_MS, started, TrackedRuns } from './booking.test.fixture.js';
import { createTracker } from './tracker.js';
import { trackerRows } from './tracker-rows.js';

let runs: TrackedRuns;
beforeEach(() => {
  runs = new TrackedRuns();
});

const minutes = (count: number) => START_MS + count * MINUTE_MS;

/** Runs of every kind, a minute apart: `a` to `c` are open, `d` to `f` are parked, done and cancelled. */
async function someRuns() {
  await runs.enterFor('a', 'charge', started(at(15)));
  await runs.later(1).enterFor('b', 'charge', started(at(16)));
  await runs.later(1).enterFor('c', 'sleep', started(at(1442)));
  await runs.later(1).enterFor('d', 'sleep', started(at(1443)));
  await runs.later(1).enterFor('d', 'sleep', parked('run'));
  await runs.later(1).end('TripBooked', 'e');
  await runs.later(1).end('TripCancelled', 'f');
  await runs.track();
}

const keysIn = ({ runs: found }: { readonly runs: readonly { readonly key: string }[] }) => found.map(({ key }) => key);

describe('the rows of a tracker', () => {
  it('are those that the tracker keeps, in each version', () => {
    const { rows, rowType, isListed } = createTracker(booking, { version: 2 });

    expect(trackerRows(booking, { version: 2 })).toEqual({ rows, rowType, isListed });
    expect([rows.id, trackerRows(booking).rows.id]).toEqual(['booking.tracker@2', 'booking.tracker@1']);
  });
});

describe('the reader of a saga', () => {
  it('knows nothing of a run that nobody began', async () => {
    await someRuns();

    expect(await runs.reader.get('nobody')).toBeUndefined();
  });

  it('lists runs by how they stand: open ones by the time at which they are due', async () => {
    await someRuns();
    await runs.later(1).enterFor('a', 'charge', attempted('run', at(13)));
    await runs.track();

    expect(keysIn(await runs.reader.list({ status: 'open' }))).toEqual(['b', 'a', 'c']);
    expect(keysIn(await runs.reader.list({ status: 'parked' }))).toEqual(['d']);
    expect(keysIn(await runs.reader.list({ status: 'completed' }))).toEqual(['e']);
    expect(keysIn(await runs.reader.list({ status: 'cancelled' }))).toEqual(['f']);
  });

  it('pages through a list', async () => {
    await someRuns();

    const first = await runs.reader.list({ status: 'open', limit: 2 });
    const second = await runs.reader.list({ status: 'open', limit: 2, cursor: first.cursor ?? '' });

    expect([keysIn(first), keysIn(second)]).toEqual([['a', 'b'], ['c']]);
    expect(second).not.toHaveProperty('cursor');
  });

  it('lists what is stuck: open, and due by now', async () => {
    await someRuns();

    expect(keysIn(await runs.reader.stuck({ now: minutes(4) }))).toEqual([]);
    expect(keysIn(await runs.reader.stuck({ now: minutes(5) }))).toEqual(['a']);
    expect(keysIn(await runs.reader.stuck({ now: minutes(99) }))).toEqual(['a', 'b']);
    expect(keysIn(await runs.reader.stuck({ now: minutes(99), since: minutes(6) }))).toEqual(['b']);
  });

  it('refuses what is no time', async () => {
    await expect(runs.reader.stuck({ now: Number.NaN })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('gauges what is overdue, parked and open, and for how long', async () => {
    await someRuns();

    expect(await runs.reader.gauges({ now: minutes(5.5) })).toEqual({
      overdue: { count: 1, oldestMs: 0.5 * MINUTE_MS },
      parked: { count: 1, oldestMs: 1.5 * MINUTE_MS },
      running: { count: 3, oldestMs: 5.5 * MINUTE_MS },
      open: { charge: { count: 2, oldestMs: 5.5 * MINUTE_MS }, sleep: { count: 1, oldestMs: 3.5 * MINUTE_MS } },
    });
  });

  it('gauges nothing where there is nothing', async () => {
    const none = { count: 0, oldestMs: 0 };

    expect(await runs.reader.gauges({ now: minutes(5) })).toEqual({
      overdue: none,
      parked: none,
      running: none,
      open: {},
    });
  });
});
