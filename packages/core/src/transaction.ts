import { type Append, type Commit, type Position, toCommit } from './commit.js';
import { CommitTooLargeError, InvalidArgumentError } from './errors.js';
import type { Clock, IdGenerator } from './ports.js';

/** Holds only while a stream still stands where it was read: for a stream that was decided upon and is not written. */
export interface Check {
  readonly unchanged: Position;
}

/** One part of a transaction of a `StreamStore`. */
export type StreamPart = Append | Check;

/** Whether a part appends to a stream. */
export function isAppend(part: object): part is Append {
  return 'after' in part;
}

/**
 * The append that a transaction consists of, if it is one alone: as an append it costs half.
 *
 * @example
 * ```ts
 * const only = onlyAppend([toOrder]); // toOrder
 * ```
 */
export function onlyAppend(parts: readonly object[]): Append | undefined {
  const [only, second] = parts;
  return only !== undefined && isAppend(only) && second === undefined ? only : undefined;
}

/** A part of a transaction of a `StreamStore`, with what is recorded for it. */
export type PreparedStreamPart =
  | { readonly kind: 'append'; readonly subject: string; readonly commit: Commit; readonly append: Append }
  | { readonly kind: 'check'; readonly subject: string; readonly position: Position };

/** What every part of a transaction is prepared to, of whatever kind. */
interface Prepared {
  readonly kind: string;
  /** What it is about, in words. No two parts are about the same. */
  readonly subject: string;
}

/**
 * Makes of a part what a store carries out. The kinds of parts that a store takes are those that it has a function for: one
 * that takes no claims has no code for them.
 *
 * @param now - Milliseconds since 1970.
 */
export type PreparePart<TPart, TPrepared> = (
  part: TPart,
  now: number,
  ports: { readonly clock: Clock; readonly ids: IdGenerator },
) => TPrepared;

/** A transaction as a store carries it out. */
export interface PreparedTransaction<TPrepared> {
  /** A ULID of its own. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly parts: readonly TPrepared[];
}

/** DynamoDB writes at most 100 items in a transaction. Source: Developer Guide, "TransactWriteItems". */
const LARGEST_TRANSACTION = 100;

/**
 * Prepares a transaction. Every store begins with this, so all of them refuse the same things.
 *
 * @param parts - 1 to 100, each about a stream or a value of its own.
 * @param ports - Give the commits their time and their ids.
 * @param prepare - For the kinds of parts that the store takes: `prepareStreamPart` or `preparePart`.
 * @throws InvalidArgumentError when a stream or a value is named twice, or nothing would be written; what `prepare` throws as well.
 * @throws CommitTooLargeError when there are more than 100 parts.
 *
 * @example
 * ```ts
 * const { parts } = prepareTransaction([toOrder, toStock], { clock: systemClock, ids: systemIds }, prepareStreamPart);
 * ```
 */
export function prepareTransaction<TPart extends object, TPrepared extends Prepared>(
  parts: readonly TPart[],
  ports: { readonly clock: Clock; readonly ids: IdGenerator },
  prepare: PreparePart<TPart, TPrepared>,
): PreparedTransaction<TPrepared> {
  if (parts.every((part) => 'unchanged' in part)) {
    throw new InvalidArgumentError('The transaction writes nothing. Transact only when something happened.');
  }
  const id = ports.ids();
  const now = ports.clock.now();
  const prepared = parts.map((part) => prepare(part, now, ports));
  const seen = new Set<string>();
  for (const { subject } of prepared) {
    if (seen.has(subject)) {
      throw new InvalidArgumentError(
        `${subject} is in the transaction twice. Say all there is to say of it in one part.`,
      );
    }
    seen.add(subject);
  }
  if (parts.length > LARGEST_TRANSACTION) {
    const [stream = '(none)'] = parts.flatMap((part) => (isAppend(part) ? [part.after.stream] : []));
    throw new CommitTooLargeError(
      stream,
      `its transaction has ${parts.length} parts and ${LARGEST_TRANSACTION} are allowed`,
    );
  }
  return { id, now, parts: prepared };
}

/**
 * Prepares an append or a check.
 *
 * @throws InvalidArgumentError when it is neither; what `toCommit` throws as well.
 */
export const prepareStreamPart: PreparePart<StreamPart, PreparedStreamPart> = (part, _now, ports) => {
  if ('unchanged' in part) return { kind: 'check', subject: subjectOf(part.unchanged), position: part.unchanged };
  if (isAppend(part))
    return { kind: 'append', subject: subjectOf(part.after), commit: toCommit(part, ports), append: part };
  const names = Object.keys(part satisfies never).join(', ');
  throw new InvalidArgumentError(
    `A part of the transaction has "${names}", and this store takes appends and checks. Claims and releases are for a whole EventStore.`,
  );
};

function subjectOf({ stream }: Position): string {
  return `Stream "${stream}"`;
}
