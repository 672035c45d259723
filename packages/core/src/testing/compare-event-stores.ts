import { deepStrictEqual } from 'node:assert/strict';
import type { Claim, ClaimKey, Release, TransactionPart } from '../claims.js';
import { type Append, type Commit, endOf, type Position, startOf } from '../commit.js';
import { isEverfoldError } from '../errors.js';
import type { EventStore, LoadQuery } from '../event-store.js';
import type { Clock, IdGenerator } from '../ports.js';
import type { Check } from '../transaction.js';
import { collect, folded, happened, wholeCommits } from './contract/bench.js';
import { CLAIMS, type OperationPart, STREAMS, type StoreOperation } from './store-operations.js';

/** What both stores are made with: the same times and ids for both. */
export interface ComparedPorts {
  readonly clock: Clock;
  readonly ids: IdGenerator;
}

/** Two ways to make a store. */
export interface ComparedStores {
  readonly one: (ports: ComparedPorts) => EventStore;
  readonly other: (ports: ComparedPorts) => EventStore;
  /** A category that no stream of either has had before, of at most 30 characters. */
  readonly category: string;
}

const metadata = { correlationId: 'correlation', causationId: 'causation' };

/** More characters of JSON than this, a winner may be more than one item. */
const LARGE_WINNER = 100_000;

/** What of an error both stores have to agree on. */
const ERROR_FIELDS = ['code', 'message', 'retryable', 'stream', 'expected', 'version', 'winner', 'claim', 'holder'];

/**
 * Carries the same operations out on two stores, and compares all that they give and all that they refuse. What a store
 * decides for itself is left out: how it pages a scan, in which order it meets streams, and what is in a cursor.
 *
 * @throws AssertionError at the first difference.
 *
 * @example
 * ```ts
 * await compareEventStores({ one: inMemory, other: onDynamoDB, category: `compared${systemIds()}` }, operations);
 * ```
 */
export async function compareEventStores(
  { one, other, category }: ComparedStores,
  operations: readonly StoreOperation[],
): Promise<void> {
  let now = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
  const clock: Clock = { now: () => now, sleep: async () => undefined };
  const comparedIds = [one, other].map(() => countingIds(category));
  const [first, second] = [one, other].map((create, index) => create({ clock, ids: comparedIds[index] ?? (() => '') }));
  if (!first || !second) return;
  const known = new KnownStreams(category);

  const compare = async (operation: StoreOperation, name: string): Promise<void> => {
    if (operation.call === 'passTime') {
      now += operation.milliseconds;
      return;
    }
    const expected = await outcomeOf(first, operation, known);
    const actual = await outcomeOf(second, operation, known);
    deepStrictEqual(actual, expected, `The stores differ in ${name}, ${JSON.stringify(operation).slice(0, 500)}:`);
    known.learn(expected);
  };

  for (const [index, operation] of operations.entries()) await compare(operation, `operation ${index}`);
  for (const operation of inTheEnd()) await compare(operation, 'the end');
}

/** All that there is to see. */
function inTheEnd(): StoreOperation[] {
  const streams = Array.from({ length: STREAMS }, (_, stream) => stream);
  const snapshots = { schema: 'one', every: 3 };
  return [
    ...streams.map((stream) => ({ call: 'read', stream }) as const),
    ...streams.map((stream) => ({ call: 'load', stream, snapshots }) as const),
    ...Array.from({ length: CLAIMS }, (_, claim) => ({ call: 'holderOf', claim }) as const),
    ...[0, 1].map((category) => ({ call: 'scan', category, segments: 2 }) as const),
    ...[0, 1].map((category) => ({ call: 'streams', category, segments: 2 }) as const),
  ];
}

/** The streams of a comparison, with the commits that both stores have recorded. */
class KnownStreams {
  readonly #commits = new Map<string, Commit[]>();
  readonly #category: string;

  constructor(category: string) {
    this.#category = category;
  }

  category(category: number): string {
    return category === 0 ? this.#category : `${this.#category}b`;
  }

  /** The last stream is of the second category. */
  name(stream: number): string {
    return `${this.category(stream === STREAMS - 1 ? 1 : 0)}-${stream}`;
  }

  claim(claim: number): ClaimKey {
    return { name: 'compared', value: `${this.#category} ${claim}` };
  }

  /** The position after the commit so far back; the start of the stream beyond the first. */
  position(stream: number, back: number): Position {
    const commit = this.#at(stream, back);
    return commit ? endOf(commit) : startOf(this.name(stream));
  }

  /** The time of the commit so far back; long ago beyond the first. */
  time(stream: number, back: number): string {
    return this.#at(stream, back)?.at ?? new Date(0).toISOString();
  }

  /** Takes note of commits that were recorded. */
  learn({ recorded = [] }: Outcome): void {
    for (const commit of recorded) {
      this.#commits.set(commit.stream, [...(this.#commits.get(commit.stream) ?? []), commit]);
    }
  }

  #at(stream: number, back: number): Commit | undefined {
    return this.#commits.get(this.name(stream))?.at(-1 - back);
  }
}

/** What an operation gave, or how it was refused. */
interface Outcome {
  readonly recorded?: readonly Commit[];
  readonly given?: unknown;
  readonly refused?: Readonly<Record<string, unknown>>;
}

async function outcomeOf(store: EventStore, operation: Called, known: KnownStreams): Promise<Outcome> {
  try {
    return await carryOut(store, operation, known);
  } catch (error) {
    if (!isEverfoldError(error)) throw error;
    const refused = Object.fromEntries(ERROR_FIELDS.map((field) => [field, Reflect.get(error, field)]));
    return { refused: mayKeepWinner(operation, refused) ? { ...refused, winner: undefined } : refused };
  }
}

/** A store that looks for the last commit only, or that finds a part of a large one, need not know who came first. */
function mayKeepWinner({ call }: Called, { winner }: Readonly<Record<string, unknown>>): boolean {
  return call === 'saveSnapshot' || (JSON.stringify(winner)?.length ?? 0) > LARGE_WINNER;
}

type Called = Exclude<StoreOperation, { call: 'passTime' }>;

async function carryOut(store: EventStore, operation: Called, known: KnownStreams): Promise<Outcome> {
  switch (operation.call) {
    case 'append':
      return { recorded: [await store.append(appendOf(operation, known))] };
    case 'transact':
      return { recorded: await store.transact(operation.parts.map((part) => partOf(part, known))) };
    case 'delete':
      return { recorded: [await store.delete(known.position(operation.stream, operation.back), metadata)] };
    case 'saveSnapshot': {
      const { stream, back, snapshot } = operation;
      return { given: await store.saveSnapshot(known.position(stream, back), snapshot) };
    }
    case 'load':
      return { given: folded(await store.load(known.name(operation.stream), queryOf(operation, known))) };
    case 'read': {
      const { call, stream, ...range } = operation;
      return { given: await collect(store.read(known.name(stream), range)) };
    }
    case 'holderOf':
      return { given: await store.holderOf(known.claim(operation.claim)) };
    case 'scan':
      return { given: await scanned(store, operation, known.category(operation.category)) };
    case 'streams': {
      const { segments } = operation;
      return { given: (await collect(store.streams(known.category(operation.category), { segments }))).sort() };
    }
  }
}

/** By stream: those of one stream in the order they came, over the point where the scan was left and resumed. */
async function scanned(
  store: EventStore,
  { segments, pages = Number.POSITIVE_INFINITY }: Extract<StoreOperation, { call: 'scan' }>,
  category: string,
): Promise<unknown> {
  const commits: Commit[] = [];
  let cursor: string | undefined;
  let left = pages;
  for await (const page of store.scan({ category, segments })) {
    commits.push(...page.commits);
    cursor = page.cursor;
    left--;
    if (left === 0) break;
  }
  if (left === 0 && cursor !== undefined) {
    for await (const page of store.scan({ category, segments, cursor })) commits.push(...page.commits);
  }
  const names = [...new Set(commits.map(({ stream }) => stream))].sort();
  return names.map((name) => wholeCommits(commits.filter(({ stream }) => stream === name)));
}

function partOf(part: OperationPart, known: KnownStreams): TransactionPart {
  if ('append' in part) return appendOf(part, known);
  if ('check' in part) return { unchanged: known.position(part.check, part.back) } satisfies Check;
  if ('release' in part) return { release: known.claim(part.release), by: part.by } satisfies Release;
  const { claim, ...rest } = part;
  return { claim: known.claim(claim), ...rest } satisfies Claim;
}

function appendOf(part: Extract<OperationPart, { append: number }>, known: KnownStreams): Append {
  const { append: stream, back, values, snapshot } = part;
  const append = { after: known.position(stream, back), events: happened(...values), metadata };
  return snapshot === undefined ? append : { ...append, snapshot };
}

function queryOf(operation: Extract<StoreOperation, { call: 'load' }>, known: KnownStreams): LoadQuery {
  const { stream, snapshots, after, upTo, until } = operation;
  return {
    ...(snapshots === undefined ? {} : { snapshots }),
    ...(after === undefined ? {} : { after: known.position(stream, after) }),
    ...(upTo === undefined ? {} : { upTo }),
    ...(until === undefined ? {} : { until: known.time(stream, until) }),
  };
}

function countingIds(category: string): IdGenerator {
  let count = 0;
  return () => `${category}-${++count}`;
}
