import type { Commit } from '@everfold/core';
import { recordedEvents } from '@everfold/core';
import { z } from 'zod';
import { add, applyChange, type Changes, type Row, remove, update } from '../changes.js';
import { defineProjection, type Positions } from '../projection.js';
import { rowsOf } from '../projection-rows.js';

/** By stream, the versions that a row has seen, in the order of seeing; and counters. */
export type Ledger = Record<string, readonly number[] | number>;

const events = {
  /** Notes its version in each of these rows, which all streams share. */
  Noted: z.object({ rows: z.array(z.string()) }),
  /** Adds to each of these rows. */
  Counted: z.object({ rows: z.array(z.string()), amount: z.number() }),
  /** Notes its version in a row of the stream's own. */
  Kept: z.object({}),
  /** Removes the row of the stream's own. */
  Dropped: z.object({}),
  /** Adds to so many rows, more than a transaction takes, and notes its version in the first of them. */
  Spread: z.object({ rows: z.number() }),
  /** Nobody listens to it. */
  Ignored: z.object({}),
};

/** A projection whose rows tell which events they have seen, and in which order. */
export function ledgerProjection(positions: Positions, name = 'ledger') {
  return defineProjection({
    name,
    version: 1,
    events,
    rows: rowsOf<Ledger>(),
    positions,
    spread: 2,
    on: {
      Noted: ({ data, stream, version }) => data.rows.map((key) => note(key, stream, version)),
      Counted: ({ data: { rows, amount } }): Changes<Ledger> =>
        rows.map((key) => add(`total-${key}`, { count: 1, amount })),
      Kept: ({ stream, version }) => note(`own-${stream}`, stream, version),
      Spread: ({ data, stream, version }): Changes<Ledger> => [
        note('a-spread', stream, version),
        ...Array.from({ length: data.rows }, (_, index) => add<Ledger>(`total-s${index}`, { count: 1 })),
        note('z-spread', stream, version),
      ],
      Dropped: ({ stream }) => remove(`own-${stream}`),
    },
  });
}

export type LedgerProjection = ReturnType<typeof ledgerProjection>;

function note(key: string, stream: string, version: number) {
  return update<Ledger>(key, (row) => ({ ...row, [stream]: [...seen(row?.[stream]), version] }));
}

function seen(field: Ledger[string] | undefined): readonly number[] {
  return typeof field === 'object' ? field : [];
}

/** What the rows come to: a plain fold of everything recorded, stream after stream. */
export function foldLedger(commits: readonly Commit[]): Record<string, Row> {
  const rows = new Map<string, Row>();
  for (const event of commits.flatMap(recordedEvents)) {
    for (const change of ledgerProjection('in-row').changesOf(event)) {
      const row = applyChange(rows.get(change.key), change);
      if (row === undefined) rows.delete(change.key);
      else rows.set(change.key, row);
    }
  }
  return Object.fromEntries(rows);
}
