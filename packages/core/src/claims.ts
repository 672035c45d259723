import type { Append } from './commit.js';
import { InvalidArgumentError } from './errors.js';
import { type Check, type PreparedStreamPart, type PreparePart, prepareStreamPart } from './transaction.js';
import { checkWholeNumber } from './whole-number.js';

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

/** One part of a transaction of an `EventStore`. */
export type TransactionPart = Append | Check | Claim | Release;

/** A claim or a release, with what the store records for it. */
export interface PreparedClaim {
  readonly kind: 'claim' | 'release';
  readonly subject: string;
  readonly key: ClaimKey;
  readonly by: string;
  /** Of a claim, seconds since 1970, after which the value is free again. */
  readonly expires?: number;
}

/** A part of a transaction of an `EventStore`, with what is recorded for it. */
export type PreparedPart = PreparedStreamPart | PreparedClaim;

const LONGEST_CLAIM = 512;

/**
 * Prepares a part of any kind.
 *
 * @throws InvalidArgumentError when a claim is malformed; what `toCommit` throws as well.
 *
 * @example
 * ```ts
 * const claim = { claim: { name: 'orderNumber', value: '7' }, by: 'order-7' };
 * const { parts } = prepareTransaction([toOrder, claim], { clock: systemClock, ids: systemIds }, preparePart);
 * ```
 */
export const preparePart: PreparePart<TransactionPart, PreparedPart> = (part, now, ports) => {
  if ('claim' in part) {
    const expires = expiry(part, now);
    return { kind: 'claim', ...held(part.claim, part.by), ...(expires === undefined ? {} : { expires }) };
  }
  if ('release' in part) return { kind: 'release', ...held(part.release, part.by) };
  return prepareStreamPart(part, now, ports);
};

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

function held(key: ClaimKey, by: string): Omit<PreparedClaim, 'kind'> {
  checkClaimKey(key);
  if (typeof by === 'string' && by !== '') return { subject: wordsOf(key), key, by };
  throw new InvalidArgumentError(`A claim is held by ${JSON.stringify(by)}; name its holder, such as a stream.`);
}

function expiry({ claim, forSeconds }: Claim, now: number): number | undefined {
  if (forSeconds === undefined) return undefined;
  checkWholeNumber(`${wordsOf(claim)} is claimed for ${forSeconds} seconds`, forSeconds, 1);
  // Rounded up: a value is never free before its time.
  return Math.ceil(now / 1000) + forSeconds;
}

function wordsOf({ name, value }: ClaimKey): string {
  return `The ${name} ${JSON.stringify(value)}`;
}
