import type { TransactionPart } from '../claims.js';
import type { Append, Commit } from '../commit.js';
import type { EventStore, StreamStore } from '../event-store.js';
import { type CommandMetadata, completeMetadata } from '../metadata.js';
import { type IdGenerator, systemIds } from '../ports.js';
import { type RetryOptions, retryOf } from '../retry.js';
import { onlyAppend } from '../transaction.js';
import { type StreamUnitOfWork, UnitAttempt, type UnitOfWork } from './unit-of-work.js';

/** What a decision across several aggregates works with. All but the store have defaults. */
export interface TogetherOptions<TStore extends StreamStore = StreamStore> extends RetryOptions {
  /** Claims and releases take an `EventStore`. */
  readonly store: TStore;
  readonly ids?: IdGenerator;
  /** Correlation, causation, actor and more, carried to the events of all commits. */
  readonly metadata?: CommandMetadata;
}

/** What was decided together. */
export interface Together<TResult> {
  /** What the function returned. */
  readonly result: TResult;
  /** What was recorded: a commit for each aggregate that changed, in the order in which the function came to them. */
  readonly commits: readonly Commit[];
}

/**
 * Decides across several aggregates: runs a function that loads them and executes commands on them, then writes all that
 * was decided, or nothing. Somebody else's append to any of them in between, be it only read, has it all done anew.
 *
 * Costs one load for each aggregate, and one write: a TransactWriteItems of a part for each aggregate that changed, was
 * checked or claimed, 2 write units for each KB of each, at most 100 parts; a plain append of half the price where it
 * comes to one aggregate and no check or claim; and nothing where nothing was decided, claimed or released.
 *
 * @param options - The store; who asks and why; how often to try.
 * @param decide - Is called anew for each attempt: it must do nothing but decide.
 * @throws ConflictError when every attempt found somebody else first.
 * @throws ClaimTakenError when a claimed value is held, or a released one is somebody else's.
 * @throws CommitTooLargeError when it is more than the store writes at once.
 * @throws InvalidArgumentError when `attempts` is not a whole number from 1, a value is claimed or released twice, or the
 *   unit is used after the function has returned.
 * @throws What the function throws; then nothing is written.
 *
 * @example
 * ```ts
 * const { result, commits } = await decideTogether({ store, metadata: { actor: 'ada' } }, async (unit) => {
 *   const { state } = await unit.load(counter, 'orders');
 *   await unit.execute(counter, 'orders', 'increase', 1);
 *   await unit.execute(order, '7', 'place', { amountCents: 1250 }, { expectedVersion: 0 });
 *   unit.claim({ name: 'orderNumber', value: String(state.total + 1) }, 'order-7');
 *   return state.total + 1;
 * });
 * ```
 */
export async function decideTogether<TResult>(
  options: TogetherOptions<EventStore>,
  decide: (unit: UnitOfWork) => Promise<TResult>,
): Promise<Together<TResult>>;
export async function decideTogether<TResult>(
  options: TogetherOptions,
  decide: (unit: StreamUnitOfWork) => Promise<TResult>,
): Promise<Together<TResult>>;
export async function decideTogether<TResult>(
  options: TogetherOptions,
  decide: (unit: UnitOfWork) => Promise<TResult>,
): Promise<Together<TResult>> {
  const { store, ids = systemIds, metadata = {} } = options;
  const retry = retryOf(options);
  const completed = completeMetadata(metadata, ids);
  return retry(async () => {
    const unit = new UnitAttempt(store);
    const result = await decide(unit);
    return { result, commits: await write(store, await unit.end(completed)) };
  });
}

/** A store that takes some kinds of parts, which are all that the unit of work for it has; what it does not take it refuses. */
interface Writer {
  append(append: Append): Promise<Commit>;
  transact(parts: readonly TransactionPart[]): Promise<readonly Commit[]>;
}

async function write(store: Writer, parts: readonly TransactionPart[]): Promise<readonly Commit[]> {
  if (parts.every((part) => 'unchanged' in part)) return [];
  const only = onlyAppend(parts);
  return only ? [await store.append(only)] : store.transact(parts);
}
