import { deepStrictEqual, ok } from 'node:assert/strict';
import { type Append, type Commit, type Position, recordedEvents } from '../../commit.js';
import { isEverfoldError } from '../../errors.js';
import type { EventStore, ReadRange } from '../../event-store.js';
import type { NewEvent } from '../../events.js';

/** What a check works on. */
export interface Bench {
  readonly store: EventStore;
  /** A name that no stream has had before. */
  readonly newStream: () => string;
}

/** Promises of the contract, each a sentence, with the check that holds a store to it. */
export type Chapter = Readonly<Record<string, (bench: Bench) => Promise<void>>>;

export const metadata = { correlationId: 'correlation', causationId: 'causation' };

/** One event for each value. */
export function happened(...values: readonly unknown[]): NewEvent[] {
  return values.map((value) => ({ type: 'Happened', data: { value } }));
}

/** An append of one event for each value. */
export function appendOf(after: Position, ...values: readonly unknown[]): Append {
  return { after, events: happened(...values), metadata };
}

export async function readAll(store: EventStore, stream: string, range?: ReadRange): Promise<Commit[]> {
  const commits: Commit[] = [];
  for await (const commit of store.read(stream, range)) commits.push(commit);
  return commits;
}

/** The values of a stream's events, in order. */
export async function readValues(store: EventStore, stream: string): Promise<unknown[]> {
  const commits = await readAll(store, stream);
  return commits.flatMap(recordedEvents).map(({ data }) => (data as { value: unknown }).value);
}

/** For `assert.rejects`: an error of Everfold with this code and these fields. */
export function everfoldError(code: string, fields: Readonly<Record<string, unknown>> = {}): (error: unknown) => true {
  return (error) => {
    ok(isEverfoldError(error, code), `${code} was expected, and this was thrown: ${String(error)}`);
    const actual = Object.fromEntries(Object.keys(fields).map((field) => [field, Reflect.get(error, field)]));
    deepStrictEqual(actual, fields);
    return true;
  };
}
