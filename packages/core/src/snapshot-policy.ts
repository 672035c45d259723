import type { Snapshot } from './commit.js';
import { InvalidArgumentError } from './errors.js';
import { checkWholeNumber } from './whole-number.js';

/**
 * When the state of an aggregate is kept with a commit, and in what form: an inline snapshot.
 *
 * It is written with the commit, for a write unit for each KB of the state, and costs no request of its own.
 *
 * @example
 * ```ts
 * const kept = defineAggregate({ ...counter, snapshot: { every: 100, schema: '2' } });
 * const counters = createRepository(kept, { store });
 * ```
 */
export interface SnapshotPolicy<TState> {
  /**
   * A commit carries the state when so many events, or more, came since the last one that did: a whole number from 1.
   * Loading then folds fewer than that, and a few more where writers keep to another policy.
   */
  readonly every: number;
  /**
   * Names the form of the state and the way it is folded, such as `2` or `2026-05`. Change it whenever a reducer or the
   * type of the state changes: snapshots of another schema are passed over, and the next commit carries one of this.
   */
  readonly schema: string;
  /** Needed when JSON would change the state, as it does a `Map` or a `Date`. Default: the state as it is. */
  readonly codec?: StateCodec<TState>;
}

/** Turns a state into what JSON carries unchanged, and back: `decode(encode(state))` is as good as `state`. */
export interface StateCodec<TState> {
  readonly encode: (state: TState) => unknown;
  readonly decode: (json: unknown) => TState;
}

/** @throws InvalidArgumentError when `every` or `schema` is out of range. */
export function checkSnapshotPolicy(
  category: string,
  policy: Pick<SnapshotPolicy<never>, 'every' | 'schema'> | undefined,
): void {
  if (policy === undefined) return;
  const { every, schema } = policy;
  checkWholeNumber(`Aggregate "${category}" takes a snapshot every ${every} events`, every, 1);
  if (typeof schema !== 'string' || schema === '') {
    throw new InvalidArgumentError(
      `The snapshots of aggregate "${category}" have the schema ${JSON.stringify(schema)}; give text of at least one character, such as "1".`,
    );
  }
}

/** The snapshot of a state, as the policy has it. */
export function encodeSnapshot<TState>({ schema, codec }: SnapshotPolicy<TState>, state: TState): Snapshot {
  return { schema, state: codec ? codec.encode(state) : state };
}
