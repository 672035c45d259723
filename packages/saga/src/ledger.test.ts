import { type Commit, type NewEvent, StreamCorruptedError } from '@everfold/core';
import { describe, expect, test } from 'vitest';
import {
  ATTEMPTED,
  FENCED,
  foldLedger,
  isTakenBack,
  type LedgerStatus,
  PARKED,
  RESOLVED,
  RESUMED,
  STARTED,
  TOMBSTONED,
} from './ledger.js';
import type { SagaStep } from './step.js';

const nothing = async () => ({ type: 'Charged', data: {} });
const step: SagaStep = {
  name: 'charge',
  kind: 'compensatable',
  by: 'payment',
  work: 'run',
  effect: 'outside',
  retry: { attempts: 5, firstMs: 60_000, longestMs: 900_000 },
  ledger: 'charge',
  undoneOn: [],
  on: ['Placed'],
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
    const started = { trigger: { type: 'Placed', data: { orderId: 'o1' }, id: 'c0.0' } };
    const charged = { type: 'Charged', data: { chargeId: 'ch1' } };

    const ledger = foldLedger(step, [
      commitOf(1, { type: STARTED, data: started }),
      commitOf(2, charged),
      commitOf(3, { type: 'Refunded', data: {} }),
    ]);

    expect(ledger).toEqual({ status: 'undone', since: '', started, outcome: expect.objectContaining(charged) });
  });

  test('has no failure nor compensation where the step declares none', () => {
    const { undo: _undo, ...rest } = step;
    const retriable = { ...rest, fails: [] };

    expect(() => foldLedger(retriable, commitsOf(['Declined']))).toThrow(StreamCorruptedError);
    expect(() => foldLedger(retriable, commitsOf(['Charged', 'Refunded']))).toThrow(StreamCorruptedError);
  });
});

describe('a step of which something went wrong', () => {
  const error = { name: 'Error', message: 'no answer' };
  const attempt = (work: string): NewEvent => ({
    type: ATTEMPTED,
    data: { work, error, next: '2026-01-02T00:01:00.000Z' },
  });
  const parked: NewEvent = { type: PARKED, data: { work: 'undo', reason: 'down', cause: { type: 'Lost' } } };
  const fold = (...entries: NewEvent[]) => foldLedger(step, [commitOf(1, ...entries)]);
  const started: NewEvent = { type: STARTED, data: {} };
  const charged: NewEvent = { type: 'Charged', data: {} };

  test('counts its attempts in a row, and anew for other work', () => {
    expect(fold(started, attempt('run'), attempt('run')).attempts).toMatchObject({ work: 'run', failed: 2, error });
    expect(fold(started, attempt('run'), charged).attempts).toBeUndefined();
    expect(fold(started, attempt('run'), charged, attempt('undo')).attempts).toMatchObject({ work: 'undo', failed: 1 });
  });

  test('is parked until somebody has it tried again, or says what it came to', () => {
    const byHand = { by: 'ann', reason: 'the bank is back' };

    expect(fold(started, charged, parked)).toMatchObject({ status: 'ok', parked: { reason: 'down' } });
    const resumed = fold(started, charged, parked, { type: RESUMED, data: byHand });
    expect(resumed).toMatchObject({ status: 'ok', attempts: { work: 'undo', failed: 0, cause: { type: 'Lost' } } });
    expect(resumed).not.toHaveProperty('parked');
    const resolved = fold(started, charged, parked, { type: RESOLVED, data: byHand }, { type: 'Refunded', data: {} });
    expect(resolved).toMatchObject({ status: 'undone' });
    expect(resolved).not.toHaveProperty('parked');
  });

  test.each([ATTEMPTED, PARKED])('has no %s when nothing can go wrong', (type) => {
    for (const way of ['empty', 'failed', 'undone', 'tombstone'] as const) {
      expect(() => foldLedger(step, commitsOf([...WAYS[way], type]))).toThrow(StreamCorruptedError);
    }
  });

  test.each([RESUMED, RESOLVED])('has no %s when it is not parked', (type) => {
    expect(() => fold(started, { type, data: {} })).toThrow(StreamCorruptedError);
  });
});

test('what acts in the store may be barred though it is started', () => {
  expect(foldLedger({ ...step, effect: 'store' }, commitsOf([STARTED, TOMBSTONED])).status).toBe('tombstone');
});

describe('what another service runs', () => {
  const { run: _run, ...rest } = step;
  const undo = { ask: 'RefundAsked', data: () => ({}), ok: 'Refunded' };
  const contracted: SagaStep = { ...rest, undo, work: 'contract', contract: { source: 'bank' } };

  test('may be undone before it was heard of, once that was asked for', () => {
    expect(foldLedger(contracted, commitsOf(['RefundAsked', 'Refunded'])).status).toBe('undone');
    expect(foldLedger(contracted, commitsOf([STARTED, 'RefundAsked', 'Refunded'])).status).toBe('undone');
    expect(() => foldLedger(contracted, commitsOf(['RefundAsked', 'Refunded', 'Charged']))).toThrow(
      StreamCorruptedError,
    );
  });

  test.each([[[]], [[STARTED]], [[STARTED, 'Charged']]])('is not undone unasked: %j', (before) => {
    expect(() => foldLedger(contracted, commitsOf([...before, 'Refunded']))).toThrow(StreamCorruptedError);
  });

  test.each([[[]], [[STARTED]], [[STARTED, PARKED]], [[STARTED, 'Charged']]])(
    'is asked once, and stands as it stood: %j',
    (before) => {
      const { status } = foldLedger(contracted, commitsOf(before));

      expect(foldLedger(contracted, commitsOf([...before, 'RefundAsked']))).toMatchObject({
        status,
        asked: expect.any(String),
      });
      expect(() => foldLedger(contracted, commitsOf([...before, 'RefundAsked', 'RefundAsked']))).toThrow(
        StreamCorruptedError,
      );
    },
  );

  test.each([[[STARTED, FENCED]], [['Declined']]])('is not asked any more: %j', (before) => {
    expect(() => foldLedger(contracted, commitsOf([...before, 'RefundAsked']))).toThrow(StreamCorruptedError);
  });
});

test.each(statuses)('nothing of a step stands, or it does: %s', (status) => {
  expect(isTakenBack({ status })).toBe(['failed', 'undone', 'tombstone'].includes(status));
});
