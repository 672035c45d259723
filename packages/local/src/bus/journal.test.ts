import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { BusEvent } from './bus-event.js';
import { type BusJournal, type Dispatch, InMemoryJournal } from './journal.js';
import { journalPath, openJournal } from './journal.test.fixture.js';

function eventOf(orderId: string): BusEvent {
  return {
    version: '0',
    id: `id-of-${orderId}`,
    'detail-type': 'OrderPlaced',
    source: 'order',
    account: '000000000000',
    time: '2026-01-02T03:04:05Z',
    region: 'us-east-1',
    resources: [],
    detail: { orderId },
  };
}

const toReserve = (orderId: string): Dispatch => ({ functionName: 'reserve', event: eventOf(orderId) });

const implementations: readonly (readonly [string, () => Promise<BusJournal>])[] = [
  ['in memory', async () => new InMemoryJournal()],
  ['in a file', async () => openJournal({ path: await journalPath() })],
];

describe.each(implementations)('a journal %s', (_name, make) => {
  it('has nothing left at first', async () => {
    expect((await make()).left()).toEqual([]);
  });

  it('gives each dispatch that it accepts an id of its own, in their order', async () => {
    const journal = await make();
    const dispatches = ['1', '2', '3'].map(toReserve);

    const entries = [...(await journal.accept(dispatches)), ...(await journal.accept([toReserve('4')]))];

    expect(entries.map(({ functionName, event }) => ({ functionName, event }))).toEqual([
      ...dispatches,
      toReserve('4'),
    ]);
    expect(new Set(entries.map(({ id }) => id)).size).toBe(4);
  });

  it('lets an entry be finished, twice as well', async () => {
    const journal = await make();
    const [entry] = await journal.accept([toReserve('1')]);
    if (entry === undefined) throw new Error('No entry.');

    await journal.finish(entry);
    await journal.finish(entry);
  });
});

describe('a journal in a file', () => {
  it('leaves to the next process what it has accepted and not finished, in that order', async () => {
    const path = await journalPath();
    const first = await openJournal({ path });
    const [one, two, three] = await first.accept(['1', '2', '3'].map(toReserve));
    if (two === undefined) throw new Error('No entry.');
    await first.finish(two);

    const second = await openJournal({ path });

    expect(second.left()).toEqual([one, three]);
  });

  it('gives no id twice while its entry is open, whatever was finished before', async () => {
    const path = await journalPath();
    const first = await openJournal({ path });
    const [one, two] = await first.accept(['1', '2'].map(toReserve));
    if (one === undefined) throw new Error('No entry.');
    await first.finish(one);

    const second = await openJournal({ path });
    const [three] = await second.accept([toReserve('3')]);

    expect((await openJournal({ path })).left()).toEqual([two, three]);
  });

  it('writes an event for several functions once', async () => {
    const path = await journalPath();
    const event = eventOf('1');
    const first = await openJournal({ path });

    const entries = await first.accept(['notify', 'reserve'].map((functionName) => ({ functionName, event })));

    expect((await readFile(path, 'utf8')).match(/id-of-1/g)).toHaveLength(1);
    expect((await openJournal({ path })).left()).toEqual(entries);
  });

  it('stays small, however much passes through it', async () => {
    const path = await journalPath();
    const journal = await openJournal({ path, compactFrom: 2_000 });
    const [oldest] = await journal.accept([toReserve('oldest')]);

    for (let order = 1; order <= 200; order += 1) {
      for (const entry of await journal.accept([toReserve(`${order}`)])) await journal.finish(entry);
    }

    expect((await readFile(path)).length).toBeLessThan(2_500);
    expect((await openJournal({ path })).left()).toEqual([oldest]);
  });

  it('accepts nothing that it cannot write', async () => {
    const path = await journalPath();
    const journal = await openJournal({ path });
    await journal.close();

    await expect(journal.accept([toReserve('1')])).rejects.toThrow();
  });

  it.each(['{"id":1}', '{"finished":"1"}', '[]'])('refuses a file with the line %s', async (line) => {
    const path = await journalPath();
    await writeFile(path, `${line}\n`);

    await expect(openJournal({ path })).rejects.toMatchObject({ code: 'STATE_UNREADABLE', line: 1 });
  });
});
