import { noise } from './contract/bench.js';

/** A state under a schema, `state` being anything. */
interface State {
  readonly schema: string;
  readonly state: unknown;
}

/** An append to a stream at a position that is so many commits before its end, as far back as that goes. */
interface AppendPart {
  readonly append: number;
  readonly back: number;
  readonly values: readonly unknown[];
  readonly snapshot?: State;
}

/** One part of a transaction. */
export type OperationPart =
  | AppendPart
  | { readonly check: number; readonly back: number }
  | { readonly claim: number; readonly by: string; readonly forSeconds?: number }
  | { readonly release: number; readonly by: string };

/** One call of an event store. Streams, values and categories are numbers; positions and times are so many commits back. */
export type StoreOperation =
  | ({ readonly call: 'append' } & AppendPart)
  | { readonly call: 'transact'; readonly parts: readonly OperationPart[] }
  | { readonly call: 'delete'; readonly stream: number; readonly back: number }
  | { readonly call: 'saveSnapshot'; readonly stream: number; readonly back: number; readonly snapshot: State }
  | {
      readonly call: 'load';
      readonly stream: number;
      readonly snapshots?: { readonly schema: string; readonly every: number };
      readonly after?: number;
      readonly upTo?: number;
      readonly until?: number;
    }
  | {
      readonly call: 'read';
      readonly stream: number;
      readonly after?: number;
      readonly upTo?: number;
      readonly limit?: number;
      readonly backward?: boolean;
    }
  | { readonly call: 'holderOf'; readonly claim: number }
  | { readonly call: 'scan'; readonly category: number; readonly segments: number; readonly pages?: number }
  | { readonly call: 'streams'; readonly category: number; readonly segments: number }
  | { readonly call: 'passTime'; readonly milliseconds: number };

/** Chooses a whole number from 0 to below `below`. */
export type Choose = (below: number) => number;

const VALUES = [1, null, 'Füße 🦊', { deep: [[], {}] }, '', [0.1], Number.NaN];
const STATES = [{ balance: 5 }, null, 0, 'text', [1, { a: null }], { at: new Date(0) }];
const SCHEMAS = ['one', 'two'];
const HOLDERS = ['me', 'you'];

/** How many streams and claimed values there are: few, so that operations meet. */
export const STREAMS = 3;
export const CLAIMS = 2;

/**
 * Chooses an operation for `compareEventStores`. It depends on the choices alone, and choices of 0 make the simplest
 * one, so the numbers of a property test shrink to simple operations.
 *
 * @param choose - Of a property-testing library, or of a generator of random numbers. It is called up to 30 times.
 * @param largeBytes - Some commits are about so many bytes of JSON, in 10 events. Default: none is.
 *
 * @example
 * ```ts
 * const operation = fc.array(fc.nat(), { minLength: 30, maxLength: 30 }).map((choices) => {
 *   const left = [...choices];
 *   return chooseOperation((below) => (left.shift() ?? 0) % below);
 * });
 * ```
 */
export function chooseOperation(choose: Choose, largeBytes = 0): StoreOperation {
  const make = MAKERS[choose(MAKERS.length)] ?? MAKERS[0];
  return make(choose, largeBytes);
}

const MAKERS: readonly [Maker, ...Maker[]] = [
  appendOne,
  appendOne,
  appendOne,
  appendOne,
  appendOne,
  appendOne,
  appendOne,
  transact,
  transact,
  transact,
  deleteStream,
  deleteStream,
  saveSnapshot,
  saveSnapshot,
  load,
  load,
  load,
  read,
  read,
  read,
  holderOf,
  scan,
  streams,
  passTime,
];

type Maker = (choose: Choose, largeBytes: number) => StoreOperation;

function appendOne(choose: Choose, largeBytes: number): StoreOperation {
  return { call: 'append', ...appendPart(choose, largeBytes) };
}

function transact(choose: Choose, largeBytes: number): StoreOperation {
  const first = choose(STREAMS);
  // Rarely, two parts are about the same stream or value, which is refused.
  const step = choose(10) === 1 ? 0 : 1;
  const parts = Array.from({ length: 1 + choose(4) }, (_, index) => part(choose, largeBytes, first + index * step));
  return { call: 'transact', parts };
}

function deleteStream(choose: Choose): StoreOperation {
  return { call: 'delete', stream: choose(STREAMS), back: back(choose) };
}

function saveSnapshot(choose: Choose): StoreOperation {
  return { call: 'saveSnapshot', stream: choose(STREAMS), back: back(choose), snapshot: state(choose) };
}

function load(choose: Choose): StoreOperation {
  const snapshots = { schema: of(SCHEMAS, choose), every: 1 + choose(4) };
  return {
    call: 'load',
    stream: choose(STREAMS),
    ...(choose(3) === 0 ? {} : { snapshots }),
    ...(choose(3) === 1 ? { after: choose(4) } : {}),
    ...(choose(3) === 1 ? { upTo: choose(12) } : {}),
    ...(choose(4) === 1 ? { until: choose(4) } : {}),
  };
}

function read(choose: Choose): StoreOperation {
  return {
    call: 'read',
    stream: choose(STREAMS),
    ...(choose(2) === 1 ? { after: choose(12) } : {}),
    ...(choose(2) === 1 ? { upTo: choose(14) } : {}),
    ...(choose(2) === 1 ? { limit: choose(4) } : {}),
    ...(choose(2) === 1 ? { backward: true } : {}),
  };
}

function holderOf(choose: Choose): StoreOperation {
  return { call: 'holderOf', claim: choose(CLAIMS) };
}

function scan(choose: Choose): StoreOperation {
  const segments = 1 + choose(3);
  return { call: 'scan', category: choose(2), segments, ...(choose(2) === 1 ? { pages: 1 + choose(2) } : {}) };
}

function streams(choose: Choose): StoreOperation {
  return { call: 'streams', category: choose(2), segments: 1 + choose(3) };
}

function passTime(choose: Choose): StoreOperation {
  // Clocks are set back, too.
  return { call: 'passTime', milliseconds: choose(4) === 1 ? -100 * choose(20) : 1 + 100 * choose(30) };
}

/** @param subject - Which stream or value it is about. */
function part(choose: Choose, largeBytes: number, subject: number): OperationPart {
  const [stream, claim] = [subject % STREAMS, subject % CLAIMS];
  const kind = choose(6);
  if (kind < 3) return { ...appendPart(choose, largeBytes), append: stream };
  if (kind === 3) return { check: stream, back: back(choose) };
  const by = of(HOLDERS, choose);
  if (kind === 5) return { release: claim, by };
  return choose(2) === 0 ? { claim, by } : { claim, by, forSeconds: choose(4) };
}

function appendPart(choose: Choose, largeBytes: number): AppendPart {
  const isLarge = largeBytes > 0 && choose(3) === 1;
  const values = isLarge
    ? Array.from({ length: 10 }, (_, index) => noise(Math.floor(largeBytes / 10), index))
    : // Not a number is what cannot be recorded: rarely chosen.
      Array.from({ length: choose(16) === 1 ? 0 : 1 + choose(4) }, () => VALUES[choose(100)] ?? choose(100));
  const appended = { append: choose(STREAMS), back: back(choose), values };
  return choose(3) === 1 ? { ...appended, snapshot: state(choose) } : appended;
}

/** Most often, the end. */
function back(choose: Choose): number {
  return choose(4) === 1 ? 1 + choose(2) : 0;
}

function state(choose: Choose): State {
  return { schema: of(SCHEMAS, choose), state: of(STATES, choose) };
}

function of<T>(list: readonly T[], choose: Choose): T {
  return list[choose(list.length)] as T;
}
