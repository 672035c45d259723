import { describe, expect, test } from 'vitest';
import {
  type Append,
  type Commit,
  carriedState,
  checkFollows,
  deletionAfter,
  endOf,
  isTombstone,
  recordedEvents,
  restOf,
  startOf,
  toCommit,
} from './commit.js';
import type { Clock } from './ports.js';

const clock: Clock = { now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 6), sleep: async () => {} };
const metadata = { correlationId: 'c', causationId: 'k' };

/** Ports whose ids are `id-1`, `id-2`, … */
function ports() {
  let count = 0;
  return { clock, ids: () => `id-${++count}` };
}

function appendTo(stream: string, ...types: string[]): Append {
  return { after: startOf(stream), events: types.map((type) => ({ type, data: {} })), metadata };
}

const commit: Commit = {
  stream: 'order-1',
  version: 4,
  last: 5,
  id: 'id-1',
  at: '2026-01-02T03:04:05.006Z',
  events: [
    { type: 'Placed', data: { cents: 1 } },
    { type: 'Paid', data: null },
  ],
  metadata,
};

describe('a position', () => {
  test('at the start of a stream has version 0', () => {
    expect(startOf('order-1')).toEqual({ stream: 'order-1', version: 0 });
  });

  test('at the end of a commit has the version of its last event', () => {
    expect(endOf(commit)).toEqual({ stream: 'order-1', version: 5 });
  });
});

describe('a deletion', () => {
  const deletion: Commit = { ...commit, ...deletionAfter(endOf(commit), metadata), version: 6, last: 6 };

  test('is a commit of one event that says so', () => {
    expect([deletion.events, isTombstone(deletion), isTombstone(commit)]).toEqual([
      [{ type: '$deleted', data: {} }],
      true,
      false,
    ]);
  });

  test('ends at a position that nothing can be appended after', () => {
    const after = endOf(deletion);

    expect(after).toEqual({ stream: 'order-1', version: 6, deleted: true });
    expect(() => toCommit({ ...appendTo('order-1', 'Placed'), after }, ports())).toThrow(
      expect.objectContaining({ code: 'STREAM_DELETED', stream: 'order-1', version: 6 }),
    );
  });
});

describe('the rest of a commit', () => {
  test('is all of it after the version before it', () => {
    expect(restOf(commit, 3)).toBe(commit);
    expect(restOf(commit, 0)).toBe(commit);
  });

  test('has the versions and the ids of its events', () => {
    const rest = restOf(commit, 4);

    expect(rest).toEqual({ ...commit, version: 5, events: [{ type: 'Paid', data: null }], offset: 1 });
    expect(recordedEvents(rest)).toEqual(recordedEvents(commit).slice(1));
  });

  test('of the rest counts from the beginning of the commit', () => {
    const three = { ...commit, last: 6, events: [...commit.events, { type: 'Sent', data: 1 }] };

    expect(restOf(restOf(three, 4), 5)).toEqual(restOf(three, 5));
    expect(restOf(three, 5)).toMatchObject({ version: 6, offset: 2, events: [{ type: 'Sent' }] });
  });
});

describe('the state of a snapshot', () => {
  test('is carried as JSON', () => {
    expect(carriedState({ schema: '1', state: { cents: [1, null] } })).toEqual({ state: '{"cents":[1,null]}' });
  });

  test.each([
    [undefined, 'JSON has no undefined'],
    [{ at: new Date(0) }, 'at: JSON has no Date'],
    [{ lines: [{ cents: 1n }] }, 'lines.0.cents: JSON has no bigint'],
  ])('is not carried when JSON would change it: %o', (state, reason) => {
    expect(carriedState({ schema: '1', state })).toEqual({ reason: expect.stringContaining(reason) });
  });
});

describe('recordedEvents', () => {
  test('gives every event its id, version, time and metadata', () => {
    expect(recordedEvents(commit)).toEqual([
      { id: 'id-1.0', type: 'Placed', data: { cents: 1 }, stream: 'order-1', version: 4, at: commit.at, metadata },
      { id: 'id-1.1', type: 'Paid', data: null, stream: 'order-1', version: 5, at: commit.at, metadata },
    ]);
  });
});

describe('toCommit', () => {
  test('puts the events directly after the position, at the time and under the id of its ports', () => {
    const { events } = commit;

    const made = toCommit({ after: endOf({ ...commit, last: 3 }), events, metadata }, ports());

    expect(made).toStrictEqual(commit);
  });

  test('keeps of an event what is recorded', () => {
    const event = { type: 'Noted', data: { note: undefined, lines: [1] }, beside: 'the event' };

    const made = toCommit({ after: startOf('order-1'), events: [event], metadata }, ports());

    expect(made.events).toStrictEqual([{ type: 'Noted', data: { lines: [1] } }]);
  });

  test('shares neither data nor metadata with the caller', () => {
    const data = { tags: ['a'] };
    const given = { ...metadata, tags: ['a'] };
    const made = toCommit({ after: startOf('order-1'), events: [{ type: 'Tagged', data }], metadata: given }, ports());

    data.tags.push('b');
    given.tags.push('b');

    expect([made.events[0]?.data, made.metadata.tags]).toEqual([{ tags: ['a'] }, ['a']]);
  });

  test('refuses no events', () => {
    expect(() => toCommit(appendTo('order-1'), ports())).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining('order-1') }),
    );
  });

  test('refuses data that JSON would change, and says where', () => {
    const events = [
      { type: 'Placed', data: { cents: 1 } },
      { type: 'Paid', data: { cents: 1n } },
    ];

    expect(() => toCommit({ after: startOf('order-1'), events, metadata }, ports())).toThrow(
      expect.objectContaining({
        code: 'INVALID_EVENT',
        type: 'Paid',
        problems: [{ path: 'cents', reason: 'JSON has no bigint' }],
      }),
    );
  });

  test.each([
    [{ ...metadata, at: new Date(0) }, 'Metadata cannot be recorded: at: JSON has no Date. Nothing was written.'],
    [undefined, 'Metadata cannot be recorded: JSON has no undefined. Nothing was written.'],
  ])('refuses the metadata %j', (flawed, message) => {
    const append = { ...appendTo('order-1', 'Placed'), metadata: flawed as unknown as Append['metadata'] };

    expect(() => toCommit(append, ports())).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', message }));
  });
});

describe('checkFollows', () => {
  test('takes the commit that begins with the next version', () => {
    expect(() => checkFollows(commit, 3)).not.toThrow();
  });

  test.each([
    ['a missing version', commit, 2, 3],
    ['a doubled version', commit, 4, 5],
    ['a version that is no number', { ...commit, version: Number.NaN }, 3, 4],
  ])('refuses %s', (_name, next, last, version) => {
    expect(() => checkFollows(next, last)).toThrow(
      expect.objectContaining({ code: 'STREAM_CORRUPTED', stream: 'order-1', version }),
    );
  });

  test.each([4, 6, Number.NaN])('refuses two events from version 4 that end at version %d', (last) => {
    expect(() => checkFollows({ ...commit, last }, 3)).toThrow(
      expect.objectContaining({ code: 'STREAM_CORRUPTED', stream: 'order-1', version: 4 }),
    );
  });
});
