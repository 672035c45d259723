import { describe, expect, test } from 'vitest';
import { type PreparedPart, preparePart, type TransactionPart } from './claims.js';
import { type Append, type Commit, endOf, startOf } from './commit.js';
import type { Clock } from './ports.js';
import { prepareStreamPart, prepareTransaction } from './transaction.js';

const now = Date.UTC(2026, 0, 2, 3, 4, 5, 6);
const clock: Clock = { now: () => now, sleep: async () => {} };
const metadata = { correlationId: 'c', causationId: 'k' };
const email = { name: 'email', value: 'ada@example.org' };

/** Ports whose ids are `id-1`, `id-2`, … */
function ports() {
  let count = 0;
  return { clock, ids: () => `id-${++count}` };
}

function appendTo(stream: string, ...types: string[]): Append {
  return { after: startOf(stream), events: types.map((type) => ({ type, data: {} })), metadata };
}

function commitsOf(parts: readonly PreparedPart[]): Commit[] {
  return parts.flatMap((part) => (part.kind === 'append' ? [part.commit] : []));
}

const refused = (code: string, text = '') => expect.objectContaining({ code, message: expect.stringContaining(text) });

describe('a transaction', () => {
  test('has an id and a time, and a commit for each append, in order', () => {
    const appends = [appendTo('order-1', 'Placed'), appendTo('stock-1', 'Reserved', 'Counted')];

    const prepared = prepareTransaction(appends, ports(), preparePart);

    expect([prepared.id, prepared.now]).toEqual(['id-1', now]);
    expect(commitsOf(prepared.parts).map(({ id, stream, last }) => [id, stream, last])).toEqual([
      ['id-2', 'order-1', 1],
      ['id-3', 'stock-1', 2],
    ]);
    expect(prepared.parts.map((part) => part.kind === 'append' && part.append)).toEqual(appends);
  });

  test('has checks, claims and releases at their places', () => {
    const parts: TransactionPart[] = [
      { unchanged: startOf('a-1') },
      { claim: email, by: 'account-1' },
      { release: { name: 'email', value: 'old' }, by: 'account-1' },
    ];

    expect(prepareTransaction(parts, ports(), preparePart).parts).toEqual([
      { kind: 'check', subject: 'Stream "a-1"', position: startOf('a-1') },
      { kind: 'claim', subject: 'The email "ada@example.org"', key: email, by: 'account-1' },
      { kind: 'release', subject: 'The email "old"', key: { name: 'email', value: 'old' }, by: 'account-1' },
    ]);
  });

  test('holds a claim to the end of the second in which its time is over', () => {
    const { parts } = prepareTransaction([{ claim: email, by: 'account-1', forSeconds: 60 }], ports(), preparePart);

    expect(parts).toMatchObject([
      { kind: 'claim', key: email, by: 'account-1', expires: Math.floor(now / 1_000) + 1 + 60 },
    ]);
  });

  test('holds a claim of a whole second for no longer than that', () => {
    const atSecond = { ...ports(), clock: { ...clock, now: () => 5_000 } };

    const { parts } = prepareTransaction([{ claim: email, by: 'account-1', forSeconds: 60 }], atSecond, preparePart);

    expect(parts).toMatchObject([{ expires: 65 }]);
  });

  test.each<[string, readonly TransactionPart[]]>([
    ['two appends', [appendTo('a-1', 'A'), appendTo('b-1', 'B'), appendTo('a-1', 'A')]],
    ['an append and a check', [appendTo('a-1', 'A'), { unchanged: startOf('a-1') }]],
    ['two checks', [appendTo('b-1', 'B'), { unchanged: startOf('a-1') }, { unchanged: startOf('a-1') }]],
  ])('refuses a stream that is named twice, in %s', (_name, parts) => {
    expect(() => prepareTransaction(parts, ports(), preparePart)).toThrow(refused('INVALID_ARGUMENT', 'Stream "a-1"'));
  });

  test('refuses a value that is claimed and released', () => {
    const parts = [
      { claim: email, by: 'account-1' },
      { release: email, by: 'account-1' },
    ];

    expect(() => prepareTransaction(parts, ports(), preparePart)).toThrow(
      refused('INVALID_ARGUMENT', 'email "ada@example.org"'),
    );
  });

  test.each<[string, readonly TransactionPart[]]>([
    ['nothing', []],
    ['checks only', [{ unchanged: startOf('a-1') }, { unchanged: startOf('b-1') }]],
  ])('refuses %s', (_name, parts) => {
    expect(() => prepareTransaction(parts, ports(), preparePart)).toThrow(
      refused('INVALID_ARGUMENT', 'writes nothing'),
    );
  });

  test('refuses to append after a deletion', () => {
    const [commit] = commitsOf(prepareTransaction([appendTo('a-1', '$deleted')], ports(), preparePart).parts);
    const after = commit ? endOf(commit) : expect.unreachable('nothing was prepared');

    expect(() => prepareTransaction([{ ...appendTo('a-1', 'A'), after }], ports(), preparePart)).toThrow(
      refused('STREAM_DELETED'),
    );
  });

  test('takes 100 parts and refuses 101', () => {
    const appends = Array.from({ length: 101 }, (_, index) => appendTo(`a-${index}`, 'A'));

    expect(prepareTransaction(appends.slice(1), ports(), preparePart).parts).toHaveLength(100);
    expect(() => prepareTransaction(appends, ports(), preparePart)).toThrow(
      expect.objectContaining({ code: 'COMMIT_TOO_LARGE', stream: 'a-0', message: expect.stringContaining('101') }),
    );
  });

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses a claim for %d seconds', (forSeconds) => {
    expect(() => prepareTransaction([{ claim: email, by: 'account-1', forSeconds }], ports(), preparePart)).toThrow(
      refused('INVALID_ARGUMENT', 'seconds'),
    );
  });

  test('refuses a claim and a release by nobody', () => {
    for (const part of [
      { claim: email, by: '' },
      { release: email, by: '' },
    ]) {
      expect(() => prepareTransaction([part], ports(), preparePart)).toThrow(
        refused('INVALID_ARGUMENT', 'name its holder'),
      );
    }
  });

  test('of streams takes appends and checks, and refuses other parts by what they have', () => {
    const { parts } = prepareTransaction(
      [appendTo('a-1', 'A'), { unchanged: startOf('b-1') }],
      ports(),
      prepareStreamPart,
    );
    const claim = JSON.parse(JSON.stringify({ claim: email, by: 'account-1' }));

    expect(parts.map(({ kind }) => kind)).toEqual(['append', 'check']);
    expect(() => prepareTransaction([appendTo('a-1', 'A'), claim], ports(), prepareStreamPart)).toThrow(
      refused('INVALID_ARGUMENT', 'has "claim, by", and this store takes appends and checks'),
    );
  });
});
