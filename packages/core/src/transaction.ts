import { type Append, type Commit, type Position, toCommit } from './commit.js';
import { CommitTooLargeError, InvalidArgumentError } from './errors.js';
import type { Clock, IdGenerator } from './ports.js';

/** Holds only while a stream still stands where it was read: for a stream that was decided upon and is not written. */
export interface Check {
  readonly unchanged: Position;
}

/** A value that one holder at most may have, such as an e-mail address or a client's command id. */
export interface ClaimKey {
  /** What has to be unique, such as `email`: at most 128 letters, digits, "_" and "."; begins with a letter. */
  readonly name: string;
  /** At most 512 characters. It is compared as it stands: bring it to one form first. */
  readonly value: string;
}

/** Takes a value that must be unique; fails when somebody holds it, be it the same holder. */
export interface Claim {
  readonly claim: ClaimKey;
  /** Who holds it from now on, such as the name of a stream. */
  readonly by: string;
  /** Whole seconds, after which the value is free again, within one second more. Default: it is held until it is released. */
  readonly forSeconds?: number;
}

/** Gives a claimed value up, within a transaction as well; fails when it is somebody else's. What is free stays free. */
export interface Release {
  readonly release: ClaimKey;
  /** Who holds it. */
  readonly by: string;
}

/** One part of a transaction. */
export type TransactionPart = Append | Check | Claim | Release;

/** Whether a part appends to a stream. */
export function isAppend(part: TransactionPart): part is Append {
  return 'after' in part;
}

/** A part of a transaction, with what the store records for it. */
export type PreparedPart =
  | { readonly kind: 'append'; readonly commit: Commit; readonly append: Append }
  | { readonly kind: 'check'; readonly position: Position }
  | {
      readonly kind: 'claim';
      readonly key: ClaimKey;
      readonly by: string;
      /** Seconds since 1970, after which the value is free again. */
      readonly expires: number | undefined;
    }
  | { readonly kind: 'release'; readonly key: ClaimKey; readonly by: string };

/** A transaction as a store carries it out. */
export interface PreparedTransaction {
  /** A ULID of its own. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly parts: readonly PreparedPart[];
}

/** DynamoDB writes at most 100 items in a transaction. Source: Developer Guide, "TransactWriteItems". */
const LARGEST_TRANSACTION = 100;

const LONGEST_CLAIM = 512;

/**
 * Prepares a transaction. Every store begins with this, so all of them refuse the same things.
 *
 * @param parts - 1 to 100, each about a stream or a value of its own.
 * @param ports - Give the commits their time and their ids.
 * @throws InvalidArgumentError when a stream or a value is named twice, nothing would be written, or a claim is malformed;
 *   what `toCommit` throws as well.
 * @throws CommitTooLargeError when there are more than 100 parts.
 *
 * @example
 * ```ts
 * const { parts } = prepareTransaction([toOrder, toStock], { clock: systemClock, ids: systemIds });
 * ```
 */
export function prepareTransaction(
  parts: readonly TransactionPart[],
  ports: { clock: Clock; ids: IdGenerator },
): PreparedTransaction {
  if (parts.every((part) => 'unchanged' in part)) {
    throw new InvalidArgumentError('The transaction writes nothing. Transact only when something happened.');
  }
  const seen = new Set<string>();
  for (const part of parts) {
    const subject = subjectOf(part);
    if (seen.has(subject)) {
      throw new InvalidArgumentError(
        `${subject} is in the transaction twice. Say all there is to say of it in one part.`,
      );
    }
    seen.add(subject);
  }
  const id = ports.ids();
  const now = ports.clock.now();
  const prepared = parts.map((part) => preparePart(part, now, ports));
  if (parts.length > LARGEST_TRANSACTION) {
    throw new CommitTooLargeError(
      firstStream(parts),
      `its transaction has ${parts.length} parts and ${LARGEST_TRANSACTION} are allowed`,
    );
  }
  return { id, now, parts: prepared };
}

/** @throws InvalidArgumentError when a value cannot be claimed. */
export function checkClaimKey({ name, value }: ClaimKey): void {
  if (!/^[A-Za-z][A-Za-z0-9_.]{0,127}$/.test(name)) {
    throw new InvalidArgumentError(
      `Claim "${name}" is not a name. Begin it with a letter and use letters, digits, "_" and "." only, 128 at most.`,
    );
  }
  if (typeof value !== 'string' || value === '' || value.length > LONGEST_CLAIM || /\p{Surrogate}/u.test(value)) {
    throw new InvalidArgumentError(
      `The ${name} ${JSON.stringify(value)?.slice(0, 60)} cannot be claimed. Use well-formed text of 1 to ${LONGEST_CLAIM} characters.`,
    );
  }
}

function preparePart(part: TransactionPart, now: number, ports: { clock: Clock; ids: IdGenerator }): PreparedPart {
  if ('unchanged' in part) return { kind: 'check', position: part.unchanged };
  if ('claim' in part) {
    checkClaimKey(part.claim);
    return { kind: 'claim', key: part.claim, by: checkHolder(part), expires: expiry(part, now) };
  }
  if ('release' in part) {
    checkClaimKey(part.release);
    return { kind: 'release', key: part.release, by: checkHolder(part) };
  }
  return { kind: 'append', commit: toCommit(part, ports), append: part };
}

function checkHolder({ by }: Claim | Release): string {
  if (typeof by === 'string' && by !== '') return by;
  throw new InvalidArgumentError(`A claim is held by ${JSON.stringify(by)}; name its holder, such as a stream.`);
}

function expiry({ claim, forSeconds }: Claim, now: number): number | undefined {
  if (forSeconds === undefined) return undefined;
  if (!Number.isInteger(forSeconds) || forSeconds < 1) {
    throw new InvalidArgumentError(
      `The ${claim.name} ${JSON.stringify(claim.value)} is claimed for ${forSeconds} seconds; give a whole number from 1.`,
    );
  }
  // Rounded up: a value is never free before its time.
  return Math.ceil(now / 1000) + forSeconds;
}

function subjectOf(part: TransactionPart): string {
  if ('unchanged' in part) return `Stream "${part.unchanged.stream}"`;
  if ('claim' in part) return `The ${part.claim.name} ${JSON.stringify(part.claim.value)}`;
  if ('release' in part) return `The ${part.release.name} ${JSON.stringify(part.release.value)}`;
  return `Stream "${part.after.stream}"`;
}

function firstStream(parts: readonly TransactionPart[]): string {
  return parts.find(isAppend)?.after.stream ?? '(none)';
}
