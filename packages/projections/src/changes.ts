import { findJsonFlaw, InvalidArgumentError, type Json } from '@everfold/core';

/** A row as a read model holds it: a JSON object. */
export interface Row {
  readonly [field: string]: Json;
}

/** What an event does to one row. */
export type Change<TRow extends object = Row> = Put<TRow> | Merge<TRow> | Update<TRow> | Add<TRow> | Remove;

/** What an event does to the read model; `undefined` is nothing. */
export type Changes<TRow extends object = Row> = Change<TRow> | readonly Change<TRow>[] | undefined;

/** What a change does, brought along by the function that makes it: so a bundle has what its projection uses, and no more. */
interface Effect {
  /**
   * Makes of a row what the change says.
   *
   * @throws InvalidArgumentError when the row could not be stored as JSON, or what is added to is no number.
   */
  apply(change: object, row: Row | undefined): Row | undefined;
}

export interface Put<TRow extends object = Row> extends Effect {
  readonly kind: 'put';
  readonly key: string;
  readonly row: TRow;
}

export interface Merge<TRow extends object = Row> extends Effect {
  readonly kind: 'merge';
  readonly key: string;
  readonly fields: Partial<TRow>;
}

export interface Update<TRow extends object = Row> extends Effect {
  readonly kind: 'update';
  readonly key: string;
  readonly fold: (row: TRow | undefined) => TRow;
}

export interface Add<TRow extends object = Row> extends Effect {
  readonly kind: 'add';
  readonly key: string;
  readonly amounts: Amounts<TRow>;
}

export interface Remove extends Effect {
  readonly kind: 'remove';
  readonly key: string;
}

/** Numbers to add, for the fields that hold numbers. */
export type Amounts<TRow extends object = Row> = string extends keyof TRow
  ? Readonly<Record<string, number>>
  : { readonly [TField in keyof TRow as NonNullable<TRow[TField]> extends number ? TField : never]?: number };

/** The row becomes this one, whatever it was. */
export function put<TRow extends object>(key: string, row: NoInfer<TRow>): Put<TRow> {
  return { kind: 'put', key, row, apply: applyPut };
}

/**
 * The row takes on these fields and keeps its others. A row that is not there begins with just these: streams are not
 * ordered among each other, so give a row that several of them feed optional fields for what may not be there yet.
 */
export function merge<TRow extends object>(key: string, fields: NoInfer<Partial<TRow>>): Merge<TRow> {
  return { kind: 'merge', key, fields, apply: applyMerge };
}

/**
 * The row becomes what `fold` makes of it.
 *
 * @param fold - Pure: it may be called again on another state of the row. `undefined` is a row that is not there.
 */
export function update<TRow extends object>(key: string, fold: NoInfer<(row: TRow | undefined) => TRow>): Update<TRow> {
  return { kind: 'update', key, fold, apply: applyUpdate };
}

/**
 * Numbers of the row grow by these amounts; a field that is not there begins at 0. Whole numbers add up exactly;
 * fractions as well as floating point can, so count cents, not euros.
 *
 * With positions beside the rows this needs no read of the row: see `defineProjection`.
 */
export function add<TRow extends object>(key: string, amounts: NoInfer<Amounts<TRow>>): Add<TRow> {
  return { kind: 'add', key, amounts, apply: applyAdd };
}

/** The row is no longer there. */
export function remove(key: string): Remove {
  return { kind: 'remove', key, apply: applyRemove };
}

/** A sort key of DynamoDB has at most 1,024 bytes. Source: Developer Guide, "Quotas in Amazon DynamoDB". */
const LONGEST_KEY_BYTES = 1024;

/**
 * Applies a change to a row.
 *
 * @returns The row as it is now; `undefined` when it is not there.
 * @throws InvalidArgumentError when the row could not be stored as JSON, or what is added to is no number.
 */
export function applyChange(row: Row | undefined, change: Change): Row | undefined {
  return change.apply(change, row);
}

function applyPut(change: Put): Row {
  return checkRow(change, change.row);
}

function applyMerge(change: Merge, row: Row | undefined): Row {
  return checkRow(change, { ...row, ...change.fields });
}

function applyUpdate(change: Update, row: Row | undefined): Row {
  return checkRow(change, change.fold(row));
}

function applyAdd(change: Add, row: Row | undefined): Row {
  return addTo(row, checkAmounts(change));
}

function applyRemove(): undefined {
  return undefined;
}

/**
 * Adds amounts to the numbers of a row.
 *
 * @throws InvalidArgumentError when a field holds something else than a number.
 */
export function addTo(row: Row | undefined, amounts: Amounts): Row {
  const added: Record<string, Json> = { ...row };
  for (const [field, amount] of Object.entries(amounts)) {
    const before = added[field] ?? 0;
    if (typeof before !== 'number') {
      throw new InvalidArgumentError(
        `${amount} cannot be added to "${field}": it holds ${JSON.stringify(before)}. Add to numbers only.`,
      );
    }
    added[field] = before + amount;
  }
  return added;
}

/** @throws InvalidArgumentError when the change has no proper key: not even a read could be made with it. */
export function checkKey({ kind, key }: Change): void {
  const bytes = typeof key === 'string' ? Buffer.byteLength(key) : 0;
  if (bytes >= 1 && bytes <= LONGEST_KEY_BYTES) return;
  const found = typeof key === 'string' ? `"${key.slice(0, 40)}" with ${bytes} bytes` : `a value of type ${typeof key}`;
  throw new InvalidArgumentError(`The key of ${kind} is ${found}; give a string of 1 to ${LONGEST_KEY_BYTES} bytes.`);
}

/** @throws InvalidArgumentError when an amount is not a number that can be added. */
function checkAmounts({ key, amounts }: Add): Amounts {
  for (const [field, amount] of Object.entries(amounts)) {
    if (!Number.isFinite(amount))
      throw new InvalidArgumentError(`${amount} cannot be added to "${field}" of row "${key}".`);
  }
  return amounts;
}

function checkRow({ kind, key }: Change, row: Partial<Row>): Row {
  const flaw = findJsonFlaw(row);
  if (flaw)
    throw new InvalidArgumentError(
      `${kind} makes row "${key}" one that JSON cannot carry: ${flaw.path}: ${flaw.reason}.`,
    );
  if (typeof row !== 'object' || row === null || Array.isArray(row)) {
    throw new InvalidArgumentError(`${kind} makes row "${key}" ${JSON.stringify(row)}; a row is an object.`);
  }
  // Free of flaws, it is JSON.
  return row as Row;
}
