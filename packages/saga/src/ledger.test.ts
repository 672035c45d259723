import { type Commit, type NewEvent, StreamCorruptedError } from '@everfold/core';
import { describe, expect, test } from 'vitest';
import {
  decideBackward,
  decideForward,
  FENCED,
  foldLedger,
  isTakenBack,
  type LedgerStatus,
  STARTED,
  TOMBSTONED,
} from './ledger.js';
import type { AnyStep } from './step.js';

const nothing = async () => ({ type: 'Charged', data: {} });
const step: AnyStep = {
  name: 'charge',
  kind: 'compensatable',
  by: 'payment',
  on: 'Placed',
  ok: 'Charged',
  fails: ['Declined', 'Expired'],
  run: nothing,
  undo: { ok: 'Refunded', run: nothing },
};

/** An entry that brings a ledger to each status. */
const ENTRIES = {
  started: STARTED,
  fenced: FENCED,
  tombstone: TOMBSTONED,
  ok: 'Charged',
  failed: 'Declined',
  undone: 'Refunded',
} as const;
type Entered = keyof typeof ENTRIES;

/** One way to each status. */
const WAYS: Readonly<Record<LedgerStatus, readonly string[]>> = {
  empty: [],
  started: [STARTED],
  fenced: [STARTED, FENCED],
  ok: [STARTED, 'Charged'],
  failed: [STARTED, 'Declined'],
  undone: [STARTED, 'Charged', 'Refunded'],
  tombstone: [TOMBSTONED],
};

const LEGAL: Readonly<Record<LedgerStatus, readonly Entered[]>> = {
  empty: ['started', 'ok', 'failed', 'tombstone'],
  started: ['ok', 'failed', 'fenced'],
  fenced: ['failed'],
  ok: ['undone'],
  failed: [],
  undone: [],
  tombstone: [],
};

const statuses = Object.keys(WAYS) as LedgerStatus[];
const entered = Object.keys(ENTRIES) as Entered[];
const pairs = statuses.flatMap((from) => entered.map((to) => ({ from, to })));

function commitOf(version: number, ...entries: NewEvent[]): Commit {
  const metadata = { correlationId: 'c', causationId: 'c' };
  return {
    stream: 'charge-o1',
    version,
    last: version + entries.length - 1,
    id: `c${version}`,
    at: '',
    events: entries,
    metadata,
  };
}

function commitsOf(types: readonly string[]): Commit[] {
  return types.map((type, index) => commitOf(index + 1, { type, data: {} }));
}

describe('foldLedger', () => {
  test.each(pairs.filter(({ from, to }) => LEGAL[from].includes(to)))('goes from $from to $to', ({ from, to }) => {
    const ledger = foldLedger(step, commitsOf([...WAYS[from], ENTRIES[to]]));

    expect(ledger.status).toBe(to);
  });

  test.each(pairs.filter(({ from, to }) => !LEGAL[from].includes(to)))(
    'refuses to go from $from to $to',
    ({ from, to }) => {
      const commits = commitsOf([...WAYS[from], ENTRIES[to]]);

      expect(() => foldLedger(step, commits)).toThrow(
        expect.objectContaining({ code: 'STREAM_CORRUPTED', stream: 'charge-o1', version: commits.length }),
      );
    },
  );

  test.each(statuses)('refuses an entry that is none of the step, when it is %s', (from) => {
    const commits = commitsOf([...WAYS[from], 'Shipped']);

    expect(() => foldLedger(step, commits)).toThrow(
      `"Shipped" cannot follow in the ledger of step "charge", which is ${from}`,
    );
  });

  test('says which entry of a commit cannot follow', () => {
    const commit = commitOf(1, { type: STARTED, data: {} }, { type: 'Charged', data: {} }, { type: STARTED, data: {} });

    expect(() => foldLedger(step, [commit])).toThrow(
      new StreamCorruptedError(
        'charge-o1',
        3,
        `"${STARTED}" cannot follow in the ledger of step "charge", which is ok`,
      ),
    );
  });

  test('is empty without commits', () => {
    expect(foldLedger(step, [])).toEqual({ status: 'empty' });
  });

  test.each(['Declined', 'Expired'])('takes any failure that the step declares: %s', (failure) => {
    expect(foldLedger(step, commitsOf([STARTED, failure])).status).toBe('failed');
  });

  test('remembers the trigger and the outcome to the end', () => {
    const trigger = { type: 'Placed', data: { orderId: 'o1' }, id: 'c0.0' };
    const charged = { type: 'Charged', data: { chargeId: 'ch1' } };

    const ledger = foldLedger(step, [
      commitOf(1, { type: STARTED, data: trigger }),
      commitOf(2, charged),
      commitOf(3, { type: 'Refunded', data: {} }),
    ]);

    expect(ledger).toEqual({ status: 'undone', trigger, outcome: charged });
  });

  test('has no failure nor compensation where the step declares none', () => {
    const { fails: _fails, undo: _undo, ...retriable } = step;

    expect(() => foldLedger(retriable, commitsOf(['Declined']))).toThrow(StreamCorruptedError);
    expect(() => foldLedger(retriable, commitsOf(['Charged', 'Refunded']))).toThrow(StreamCorruptedError);
  });
});

const decisions = {
  empty: { outside: 'start', store: 'run', backward: 'tombstone', takenBack: false },
  started: { outside: 'run', store: 'run', backward: 'fence', takenBack: false },
  fenced: { outside: 'nothing', store: 'nothing', backward: 'fail', takenBack: false },
  ok: { outside: 'nothing', store: 'nothing', backward: 'undo', takenBack: false },
  failed: { outside: 'nothing', store: 'nothing', backward: 'nothing', takenBack: true },
  undone: { outside: 'nothing', store: 'nothing', backward: 'nothing', takenBack: true },
  tombstone: { outside: 'nothing', store: 'nothing', backward: 'nothing', takenBack: true },
} as const satisfies Readonly<Record<LedgerStatus, unknown>>;

describe.each(statuses)('of a ledger that is %s', (status) => {
  const expected = decisions[status];

  test(`a trigger is answered with "${expected.outside}", in the store only with "${expected.store}"`, () => {
    expect(decideForward({ status }, {})).toBe(expected.outside);
    expect(decideForward({ status }, { effect: 'outside' })).toBe(expected.outside);
    expect(decideForward({ status }, { effect: 'store' })).toBe(expected.store);
  });

  test(`a compensation is answered with "${expected.backward}"`, () => {
    expect(decideBackward({ status })).toBe(expected.backward);
  });

  test(`its work is${expected.takenBack ? '' : ' not'} taken back`, () => {
    expect(isTakenBack({ status })).toBe(expected.takenBack);
  });
});
