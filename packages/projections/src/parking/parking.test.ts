import { RejectedError, UnavailableError } from '@everfold/core';
import { RequestRefusedError } from '@everfold/dynamodb-store';
import { describe, expect, it } from 'vitest';
import { createProjector } from '../apply/projector.js';
import { pick } from '../apply/projector.test.fixture.js';
import { update } from '../changes.js';
import type { Positions } from '../projection.js';
import { defineProjection } from '../projection.js';
import { rowsOf } from '../projection-rows.js';
import { noted, orderEvents, placed, record, revenue } from '../shop.test.fixture.js';
import { createParking, isPoison } from './parking.js';
import { at, CountingLot, setUpParking } from './parking.test.fixture.js';

const day = '2026-01-01';

describe.each<Positions>(['in-row', 'beside-rows'])('a stream that keeps failing, with positions %s', (positions) => {
  const projection = { ...revenue, positions };

  it('is reported until it has failed so often at one commit, whatever process it meets, and then parked', async () => {
    const { eventStore, start, spoil, lot, notices, rows } = setUpParking(projection, { attempts: 3 });
    const commits = await record(eventStore, 'order-1', [placed(1)], [placed(2)], [placed(4)]);
    spoil(at(commits, 1));

    const answers = [await start()(commits), await start()(commits), await start()(commits), await start()(commits)];

    expect(answers.map(({ length }) => length)).toEqual([1, 1, 0, 0]);
    expect(answers[0]).toMatchObject([{ stream: 'order-1', after: 1, error: new Error('poison') }]);
    expect((await lot.listParked(projection.rows.id, {})).entries).toMatchObject([
      { stream: 'order-1', version: 2, last: 2, commitId: commits[1]?.id, attempts: 3, state: 'parked' },
    ]);
    expect(notices).toMatchObject([{ kind: 'parked', projection: 'revenue@1', parked: { stream: 'order-1' } }]);
    expect(await rows()).toEqual({ [day]: { orders: 1, cents: 1 } });
  });

  it('waits without being read or tried, while others go on', async () => {
    const { eventStore, start, spoil, lot, rows } = setUpParking(projection);
    const commits = await record(eventStore, 'order-1', [placed(1)], [placed(2)], [placed(4)]);
    const others = await record(eventStore, 'order-2', [placed(8)], [placed(16)]);
    spoil(at(commits, 1));
    await start()(pick(commits, 0, 1));
    lot.requests.length = 0;

    expect(await start()([...pick(commits, 2), ...others])).toEqual([]);

    expect(lot.requests).toEqual(['standings 1']);
    expect(eventStore.reads).toEqual([]);
    expect(await rows()).toEqual({ [day]: { orders: 3, cents: 25 } });
  });

  it('is not let in by a process that saw it parked, though the commit comes again and would pass', async () => {
    const { eventStore, start, spoil, mend, lot, rows } = setUpParking(projection);
    const commits = await record(eventStore, 'order-1', [placed(1)], [placed(2)], [placed(4)]);
    spoil(at(commits, 1));
    const projector = start();
    await projector(commits);
    mend();

    expect(await projector(commits)).toEqual([]);

    expect(lot.requests.at(-1)).toBe('standings 1');
    expect(await rows()).toEqual({ [day]: { orders: 1, cents: 1 } });
  });

  it('is not parked for an outage, nor for what DynamoDB refuses for want of a table', async () => {
    const { eventStore, start, spoil, lot } = setUpParking(projection);
    const [first] = await record(eventStore, 'order-1', [placed(1)]);
    const [second] = await record(eventStore, 'order-2', [placed(1)]);
    if (first === undefined || second === undefined) throw new Error('Nothing was recorded.');
    spoil(first, new UnavailableError('gone'));
    spoil(second, new RequestRefusedError('ResourceNotFoundException', 'no table'));

    const failures = await start()([first, second]);

    expect(failures.map(({ stream }) => stream)).toEqual(['order-1', 'order-2']);
    expect(lot.requests).toEqual([]);
  });

  it('costs nothing while nothing fails', async () => {
    const { eventStore, start, lot } = setUpParking(projection);
    const commits = await record(eventStore, 'order-1', [placed(1)], [noted], [placed(4)]);

    await start()(commits);

    expect(lot.requests).toEqual([]);
  });

  it('costs one count when it fails, and one save more when it is parked', async () => {
    const { eventStore, start, spoil, lot } = setUpParking(projection, { attempts: 2 });
    const commits = await record(eventStore, 'order-1', [placed(1)]);
    spoil(at(commits, 0));

    await start()(commits);
    expect(lot.requests.splice(0)).toEqual(['count order-1@1']);
    await start()(commits);
    expect(lot.requests).toEqual(['count order-1@1', 'save order-1 parked']);
  });

  it('is reported with both errors when the lot does not answer', async () => {
    const { eventStore, start, spoil, lot } = setUpParking(projection);
    const commits = await record(eventStore, 'order-1', [placed(1)]);
    spoil(at(commits, 0));
    lot.count = () => Promise.reject(new UnavailableError('no lot'));

    const [failure] = await start()(commits);

    expect(failure).toMatchObject({ stream: 'order-1', after: 0 });
    expect(failure?.error).toMatchObject({ errors: [new Error('poison'), new UnavailableError('no lot')] });
  });
});

describe('a commit that fails for what another does', () => {
  const shared = defineProjection({
    name: 'shared',
    version: 1,
    events: orderEvents,
    rows: rowsOf<{ cents: number }>(),
    on: { OrderPlaced: ({ data }) => update('all', (row) => ({ cents: (row?.cents ?? 0) + data.cents })) },
    listed: ({ cents }) => ({ group: 'all', sort: cents >= 100 ? '' : String(cents) }),
  });

  it('is applied alone, and only the other is counted', async () => {
    const { eventStore, start, lot, rows } = setUpParking(shared);
    const [bad] = await record(eventStore, 'order-bad', [placed(100)]);
    const good = await record(eventStore, 'order-good', [placed(1)], [placed(2)]);

    const failures = await start()([...(bad ? [bad] : []), ...good]);

    expect(failures).toEqual([]);
    expect(lot.requests).toEqual(['count order-bad@1', 'save order-bad parked']);
    expect(await rows()).toEqual({ all: { cents: 3 } });
  });

  it('is told from its predecessors in a gap', async () => {
    const each = { ...shared, listed: undefined };
    const { eventStore, store, start, lot, rows } = setUpParking(each);
    const commits = await record(eventStore, 'order-1', [placed(1)], [placed(2)], [placed(4)], [placed(8)]);
    const save = store.save.bind(store);
    // The store refuses the row from 7 cents on: whatever is folded together with the third commit is refused.
    store.save = async (rowSet, write) => {
      if (Number(write.row?.cents) >= 7) throw new RejectedError('TOO_MUCH', 'too much');
      return save(rowSet, write);
    };

    expect(await start()(pick(commits, 3))).toEqual([]);

    expect((await lot.listParked(each.rows.id, {})).entries).toMatchObject([{ stream: 'order-1', version: 3 }]);
    expect(await rows()).toEqual({ all: { cents: 3 } });
  });
});

describe('parking', () => {
  it.each([0, 1.5, Number.NaN])('is refused after %d attempts', (attempts) => {
    const clock = { now: () => 0, sleep: async () => {} };
    expect(() => createParking('orders@1', { lot: new CountingLot(), attempts }, clock)).toThrow(
      `parking.attempts is ${attempts}; give a whole number from 1.`,
    );
  });

  it('takes for poison what does not pass by itself', () => {
    const passing = Object.assign(new Error('reset'), { code: 'ECONNRESET' });

    expect([new Error('bug'), 'text', new RejectedError('NO', 'no'), passing].map(isPoison)).toEqual([
      true,
      true,
      true,
      false,
    ]);
  });

  it('gives way to whoever parked the stream first', async () => {
    const { eventStore, projection, store, spoil, lot } = setUpParking({ ...revenue });
    const commits = await record(eventStore, 'order-1', [placed(1)]);
    spoil(at(commits, 0));
    const notices: unknown[] = [];
    const start = () =>
      createProjector({
        projection,
        eventStore,
        readModels: store,
        parking: { lot, attempts: 1, onParking: (notice) => notices.push(notice) },
      });

    const answers = await Promise.all([start()(commits), start()(commits)]);

    expect(answers).toEqual([[], []]);
    expect(notices).toHaveLength(1);
  });
});
