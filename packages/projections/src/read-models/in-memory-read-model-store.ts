import { addTo, type Row } from '../changes.js';
import { ReadModelRefusedError } from '../errors.js';
import { isWithin } from './listed.js';
import { type Found, limitOf, type Place, placeInGroup, placeOf, toPage } from './page.js';
import {
  type Advance,
  type AllRequest,
  absentRow,
  LARGEST_TRANSACTION,
  type Listed,
  type ListRequest,
  type Page,
  type PageRequest,
  type ReadModelStore,
  type RowSet,
  type RowWrite,
  type SaveOutcome,
  type StoredRow,
  type Transaction,
  type TransactOutcome,
} from './read-model-store.js';
import { compareText, shardOf } from './row-set.js';
import type { DropProgress, RowSetRemover } from './row-set-remover.js';

interface Position {
  readonly version: number;
  /** How many rows of the event after it are in. */
  readonly rows: number;
}

const atTheBeginning: Position = { version: 0, rows: 0 };

interface Entry extends Omit<StoredRow, 'row'> {
  readonly key: string;
  /** The row as JSON, so that nobody shares an object with the store; `undefined` when it was removed. */
  readonly json: string | undefined;
  readonly listed: Listed | undefined;
}

/** A read-model store for tests and for a machine without DynamoDB. What it holds is gone with the process. */
export class InMemoryReadModelStore implements ReadModelStore, RowSetRemover {
  readonly #rows = new Map<string, Map<string, Entry>>();
  readonly #positions = new Map<string, Map<string, Position>>();

  async load(rows: RowSet, keys: readonly string[]): Promise<ReadonlyMap<string, StoredRow>> {
    return new Map(keys.map((key) => [key, this.#stored(rows, key)]));
  }

  async save(rows: RowSet, write: RowWrite): Promise<SaveOutcome> {
    const current = this.#stored(rows, write.key);
    if (current.revision !== write.revision) return { saved: false, current };
    this.#write(rows, write);
    return { saved: true };
  }

  async insert(rows: RowSet, writes: readonly RowWrite[]): Promise<ReadonlySet<string>> {
    const inserted = writes.filter(({ key }) => this.#stored(rows, key).revision === 0);
    for (const write of inserted) this.#write(rows, write);
    return new Set(inserted.map(({ key }) => key));
  }

  async positions(rows: RowSet, streams: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return new Map(streams.map((stream) => [stream, this.#position(rows, stream).version]));
  }

  async transact(rows: RowSet, { advances, writes, increments }: Transaction): Promise<TransactOutcome> {
    const items = advances.length + writes.length + increments.length;
    if (items > LARGEST_TRANSACTION) {
      throw new ReadModelRefusedError(
        `A transaction of ${rows.id}`,
        `it has ${items} items, and ${LARGEST_TRANSACTION} are allowed`,
      );
    }
    const ahead = advances.filter((advance) => !mayAdvance(advance, this.#position(rows, advance.stream)));
    const moved = writes.filter(({ key, revision }) => this.#stored(rows, key).revision !== revision);
    if (ahead.length > 0 || moved.length > 0) {
      const found = ahead.map(({ stream }) => [stream, this.#position(rows, stream)] as const);
      const begun = found.flatMap(([stream, position]) =>
        position.rows > 0 ? [[stream, position.rows] as const] : [],
      );
      return {
        done: false,
        positions: new Map(found.map(([stream, { version }]) => [stream, version])),
        ...(begun.length === 0 ? {} : { begun: new Map(begun) }),
        rows: new Map(moved.map(({ key }) => [key, this.#stored(rows, key)])),
      };
    }
    for (const { stream, to, rowsTo = 0 } of advances)
      section(this.#positions, rows).set(stream, { version: to, rows: rowsTo });
    for (const write of writes) this.#write(rows, write);
    for (const { key, amounts } of increments) {
      const { row, ...stored } = this.#stored(rows, key);
      this.#write(rows, { ...stored, key, row: addTo(row, amounts), listed: undefined });
    }
    return { done: true };
  }

  async get(rows: RowSet, key: string): Promise<Row | undefined> {
    return this.#stored(rows, key).row;
  }

  async list(rows: RowSet, request: ListRequest): Promise<Page> {
    const found = this.#entries(rows).flatMap(({ key, json, listed }) =>
      json !== undefined && listed?.group === request.group && isWithin(listed.sort, request)
        ? [{ key, row: parse(json), place: [listed.sort, key] }]
        : [],
    );
    return pageOf(found, { request, after: placeInGroup(request), compare: comparePlaces });
  }

  async all(rows: RowSet, request: AllRequest): Promise<Page> {
    const found = this.#entries(rows).flatMap(({ key, json }) =>
      json === undefined ? [] : [{ key, row: parse(json), place: [key] }],
    );
    const shardOfPlace = ([key = '']: Place) => shardOf(rows, key);
    return pageOf(found, {
      request,
      after: placeOf(request, 1),
      compare: (one, other) => shardOfPlace(one) - shardOfPlace(other) || comparePlaces(one, other),
    });
  }

  async *removeAll({ id }: RowSet): AsyncIterable<DropProgress> {
    const isOf = (name: string) => name === id || name.startsWith(`${id}/`);
    let [removed, read] = [0, 0];
    for (const sections of [this.#rows, this.#positions]) {
      for (const [name, { size }] of [...sections]) {
        read += size;
        if (!isOf(name)) continue;
        removed += size;
        sections.delete(name);
      }
    }
    yield { removed, read, cursor: '' };
  }

  #entries(rows: RowSet): Entry[] {
    return [...section(this.#rows, rows).values()];
  }

  #stored(rows: RowSet, key: string): StoredRow {
    const entry = section(this.#rows, rows).get(key);
    if (entry === undefined) return absentRow;
    const { json, revision, applied } = entry;
    return { row: json === undefined ? undefined : parse(json), revision, applied: new Map(applied) };
  }

  #position(rows: RowSet, stream: string): Position {
    return section(this.#positions, rows).get(stream) ?? atTheBeginning;
  }

  #write(rows: RowSet, { key, row, revision, applied, listed }: RowWrite): void {
    const json = row === undefined ? undefined : JSON.stringify(row);
    section(this.#rows, rows).set(key, { key, json, revision: revision + 1, applied: new Map(applied), listed });
  }
}

function mayAdvance({ from, rowsFrom = 0 }: Advance, { version, rows }: Position): boolean {
  return rowsFrom === 0 ? version <= from && rows === 0 : version === from && rows === rowsFrom;
}

function section<TValue>(sections: Map<string, Map<string, TValue>>, { id }: RowSet): Map<string, TValue> {
  const existing = sections.get(id);
  if (existing !== undefined) return existing;
  const created = new Map<string, TValue>();
  sections.set(id, created);
  return created;
}

interface Listing {
  readonly request: PageRequest;
  readonly after: Place | undefined;
  readonly compare: (one: Place, other: Place) => number;
}

/** The rows of a page, out of all that are listed. */
function pageOf(found: readonly Found[], { after, request, compare }: Listing): Page {
  const limit = limitOf(request);
  const direction = request.descending ? -1 : 1;
  const listed = found
    .filter(({ place }) => after === undefined || direction * compare(place, after) > 0)
    .sort((one, other) => direction * compare(one.place, other.place));
  return toPage(listed.slice(0, limit + 1), limit);
}

function comparePlaces(one: Place, other: Place): number {
  const differing = one.findIndex((part, index) => part !== other[index]);
  return compareText(one[differing] ?? '', other[differing] ?? '');
}

function parse(json: string): Row {
  return JSON.parse(json);
}
