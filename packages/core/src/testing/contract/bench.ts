import { deepStrictEqual, ok } from 'node:assert/strict';
import { type Append, type Commit, type CommitEvents, endOf, type Position, startOf } from '../../commit.js';
import { isEverfoldError } from '../../errors.js';
import type { EventStore, Latest, ReadRange } from '../../event-store.js';
import type { NewEvent } from '../../events.js';

/** What a check works on. Other checks may be writing to the same store at the same time. */
export interface Bench {
  readonly store: EventStore;
  /** A name that no stream has had before. */
  readonly newStream: () => string;
  /** A category that no stream has had before. */
  readonly newCategory: () => string;
  /** Lets so much time pass on the store's clock. */
  readonly passTime: (milliseconds: number) => Promise<void>;
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

/** Appends to a stream, at its start or after a commit: a commit for each size, the values of its events being their versions. */
export async function appendSizes(
  store: EventStore,
  from: string | Commit,
  ...sizes: readonly number[]
): Promise<readonly Commit[]> {
  const commits: Commit[] = [];
  let after = typeof from === 'string' ? startOf(from) : endOf(from);
  for (const size of sizes) {
    const values = Array.from({ length: size }, (_, index) => after.version + index + 1);
    const commit = await store.append(appendOf(after, ...values));
    commits.push(commit);
    after = endOf(commit);
  }
  return commits;
}

/** A stream of five commits, with the versions 1–3, 4, 5–6, 7, 8–10. */
export async function fiveCommits({ store, newStream }: Bench): Promise<{
  readonly stream: string;
  readonly commits: readonly [Commit, Commit, Commit, Commit, Commit];
  readonly end: Position;
}> {
  const stream = newStream();
  const [one, two, three, four, five] = await appendSizes(store, stream, 3, 1, 2, 1, 3);
  ok(one && two && three && four && five);
  return { stream, commits: [one, two, three, four, five], end: endOf(five) };
}

/** Changes a value that holds a list of tags. */
export function addTag(value: unknown): void {
  ok(typeof value === 'object' && value !== null && 'tags' in value && Array.isArray(value.tags));
  value.tags.push('added');
}

const SIGNS = Buffer.from(
  ' !#$%&()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~',
);
const noises = new Map<string, string>();

/** Text that no compression makes much smaller: of letters, digits and signs, each one byte of JSON. */
export function noise(length: number, seed = 1): string {
  const made = noises.get(`${length} ${seed}`);
  if (made !== undefined) return made;
  const text = Buffer.alloc(length);
  let state = seed;
  for (let index = 0; index < length; index++) {
    // Numerical Recipes' generator of 32 bits; the high ones are the good ones.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    text[index] = SIGNS[Math.floor((state / 2 ** 32) * SIGNS.length)] ?? 0;
  }
  const noise = text.toString('latin1');
  noises.set(`${length} ${seed}`, noise);
  return noise;
}

export async function readAll(store: EventStore, stream: string, range?: ReadRange): Promise<Commit[]> {
  return collect(store.read(stream, range));
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

/** The commits of a scan as they were recorded: the parts of one that was handed out in parts put together. */
export function wholeCommits(scanned: readonly Commit[]): Commit[] {
  const commits: Commit[] = [];
  for (const { offset = 0, ...part } of scanned) {
    const before = commits.at(-1);
    if (before && before.id === part.id && offset === before.events.length) {
      commits.splice(-1, 1, { ...before, last: part.last, events: [...before.events, ...part.events] });
    } else {
      commits.push(offset === 0 ? part : { ...part, offset });
    }
  }
  return commits;
}

/** The values of a stream's events, in order. */
export async function readValues(store: EventStore, stream: string, range?: ReadRange): Promise<unknown[]> {
  return valuesOf(await readAll(store, stream, range));
}

/** The values that `appendOf` recorded. */
export function valuesOf(commits: readonly CommitEvents[]): unknown[] {
  return commits.flatMap(({ events }) => events).map(({ data }) => (data as { value: unknown }).value);
}

/** What is loaded, or expected to be. */
interface Loading {
  readonly snapshot?: { readonly state: unknown; readonly position: Position | undefined } | undefined;
  readonly commits: readonly (CommitEvents | undefined)[];
}

/** Of what was loaded, what folding takes: a store may give more of its commits, and need not. */
export function folded({ commits, ...latest }: Loading): Loading {
  return { ...latest, commits: commits.map((commit) => commit && eventsOnly(commit)) };
}

function eventsOnly({ stream, version, last, events, offset }: CommitEvents): CommitEvents {
  return { stream, version, last, events, ...(offset === undefined ? {} : { offset }) };
}

/** Checks what was loaded, as far as folding takes it. */
export function loadsAs(actual: Latest, expected: Loading): void {
  deepStrictEqual(folded(actual), folded(expected));
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
