import { defineEvents } from '@everfold/core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { put } from '../changes.js';
import { ReadModelRefusedError } from '../errors.js';
import { defineProjection } from '../projection.js';
import { rowsOf } from '../projection-rows.js';
import { record } from '../shop.test.fixture.js';
import { setUpParking } from './parking.test.fixture.js';

const rowName = (index: number) => `row-${String(index).padStart(3, '0')}`;

/** Each event changes so many rows, more than a transaction takes. */
const wide = defineProjection({
  name: 'wide',
  version: 1,
  events: defineEvents({ Spread: z.object({ rows: z.number(), text: z.string() }) }),
  rows: rowsOf<{ readonly text: string }>(),
  positions: 'beside-rows',
  on: {
    Spread: ({ data }) => Array.from({ length: data.rows }, (_, index) => put(rowName(index), { text: data.text })),
  },
});

const spread = (rows: number, text: string) => ({ type: 'Spread', data: { rows, text } });

describe('skipping a commit of which some rows are in', () => {
  it('passes over the rest of it, and goes on', async () => {
    const { desk, eventStore, store, start, rows } = setUpParking(wide);
    const transact = store.transact.bind(store);
    store.transact = async (set, transaction) => {
      const swollen = transaction.writes.find(({ key, row }) => key === rowName(140) && row?.text === 'first');
      if (swollen !== undefined) throw new ReadModelRefusedError(`Row "${swollen.key}"`, 'it is too large');
      return transact(set, transaction);
    };
    const commits = await record(eventStore, 'sheet-1', [spread(150, 'first')], [spread(2, 'second')]);
    expect(await start()(commits)).toEqual([]);
    expect((await desk.list()).entries).toMatchObject([{ stream: 'sheet-1', version: 1, attempts: 1 }]);
    expect(Object.keys(await rows())).toHaveLength(99);

    const outcome = await desk.skip('sheet-1', { version: 1, by: 'ada', reason: 'too large' });

    expect(outcome).toEqual({ outcome: 'drained', stream: 'sheet-1' });
    expect(await rows()).toMatchObject({ [rowName(0)]: { text: 'second' }, [rowName(2)]: { text: 'first' } });
    expect(await rows()).not.toHaveProperty(rowName(140));
  });
});
