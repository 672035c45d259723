import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type Amounts, addTo, type Row } from '../../changes.js';
import {
  type Applied,
  type AppliedVersions,
  absentRow,
  type RowSet,
  type RowWrite,
  type StoredRow,
} from '../read-model-store.js';
import { shardOf } from '../row-set.js';

/** An item as the SDK has it. */
export type Item = Readonly<Record<string, AttributeValue>>;

/** Begins the names of the attributes that hold what was added to a field. */
export const ADDED = '+';

/** Names the attribute of a position that counts the rows of the event after it that are in. */
export const BEGUN = 'begun';

/** The hash key of a partition of rows. */
export function partOf(rows: RowSet, shard: number): string {
  return `${rows.id}/rows/${shard}`;
}

/** The hash key of a group in the index. */
export function groupOf(rows: RowSet, group: string): string {
  return `${rows.id}/${group}`;
}

export function rowKey(rows: RowSet, key: string) {
  return { part: { S: partOf(rows, shardOf(rows, key)) }, key: { S: key } };
}

export function positionKey(rows: RowSet, stream: string) {
  return { part: { S: `${rows.id}/positions/${stream}` }, key: { S: 'position' } };
}

/** Encodes a row, as `readModelTable` describes it. */
export function toRowItem(
  rows: RowSet,
  { key, row, revision, applied, listed }: RowWrite,
): Record<string, AttributeValue> {
  const settled = new Map([...applied].filter(([, { version, settled }]) => settled < version));
  return {
    ...rowKey(rows, key),
    rev: { N: String(revision + 1) },
    ...(row === undefined ? { removed: { BOOL: true } } : { row: { S: JSON.stringify(row) } }),
    ...(applied.size === 0 ? {} : { applied: toMap(applied, ({ version }) => version) }),
    ...(settled.size === 0 ? {} : { settled: toMap(settled, (one) => one.settled) }),
    ...(listed === undefined ? {} : { group: { S: groupOf(rows, listed.group) }, sort: { S: listed.sort } }),
  };
}

/** Decodes a row with what is needed to write it again. */
export function fromRowItem(item: Item | undefined): StoredRow {
  if (item === undefined) return absentRow;
  return { row: rowOf(item), revision: Number(item.rev?.N), applied: appliedOf(item) };
}

/** Decodes a row; `undefined` when it was removed. */
export function rowOf(item: Item): Row | undefined {
  if (item.removed !== undefined) return undefined;
  const written: Row | undefined = item.row?.S === undefined ? undefined : JSON.parse(item.row.S);
  return addTo(written, addedOf(item));
}

export function positionOf(item: Item | undefined): number {
  return Number(item?.position?.N ?? 0);
}

/** How many rows of the event after a position are in. */
export function begunOf(item: Item | undefined): number {
  return Number(item?.[BEGUN]?.N ?? 0);
}

function addedOf(item: Item): Amounts {
  const added: Record<string, number> = {};
  for (const [name, value] of Object.entries(item)) {
    if (name.startsWith(ADDED)) added[name.slice(ADDED.length)] = Number(value.N);
  }
  return added;
}

function toMap(applied: AppliedVersions, pick: (applied: Applied) => number): AttributeValue {
  return { M: Object.fromEntries([...applied].map(([stream, one]) => [stream, { N: String(pick(one)) }])) };
}

function appliedOf({ applied, settled }: Item): AppliedVersions {
  return new Map(
    Object.entries(applied?.M ?? {}).map(([stream, { N }]) => {
      const version = Number(N);
      return [stream, { version, settled: Number(settled?.M?.[stream]?.N ?? version) }];
    }),
  );
}
