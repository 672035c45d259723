import type { ClaimKey } from './claims.js';
import type { Commit } from './commit.js';

/** What an {@link EverfoldError} is made with, beside its code and its message. */
export interface EverfoldErrorOptions extends ErrorOptions {
  /** Whether repeating the same call can help. Default false. */
  readonly retryable?: boolean;
}

/**
 * The base of every error that Everfold throws.
 *
 * Compare `code`, not the class: two copies of a package in one bundle have two classes but one code.
 */
export abstract class EverfoldError<TCode extends string = string> extends Error {
  readonly code: TCode;
  /** Whether repeating the same call can help. */
  readonly retryable: boolean;

  /**
   * @param code - Literal and stable, such as `STREAM_DELETED`. The name follows from it: `StreamDeletedError`.
   * @param message - What was wrong, with which values, and what to do.
   */
  protected constructor(code: TCode, message: string, options: EverfoldErrorOptions = {}) {
    super(message, options);
    this.name = nameOf(code);
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}

/** Not the name of the class itself, which a minifier changes. */
function nameOf(code: string): string {
  return `${code.replace(/([A-Z])([A-Z]*)_?/g, (_word, first: string, rest: string) => first + rest.toLowerCase())}Error`;
}

/**
 * Whether `error` comes from Everfold, of the given code if one is given.
 *
 * @param code - Such as `CONFLICT` or `REJECTED`. Default: any.
 *
 * @example
 * ```ts
 * if (isEverfoldError(error, 'VERSION_MISMATCH')) return { statusCode: 412, body: error.message };
 * ```
 */
export function isEverfoldError<TCode extends string = string>(
  error: unknown,
  code?: TCode,
): error is EverfoldError<TCode> {
  if (!(error instanceof Error) || !('code' in error) || !('retryable' in error)) return false;
  return code === undefined || error.code === code;
}

/** Somebody else appended to the stream first: load again and decide again. */
export class ConflictError extends EverfoldError<'CONFLICT'> {
  readonly stream: string;
  /** The version that the append was derived from. */
  readonly expected: number;
  /** The commit that was first, when the store said so. */
  readonly winner: Commit | undefined;

  constructor(stream: string, expected: number, options?: ErrorOptions & { readonly winner?: Commit | undefined }) {
    super(
      'CONFLICT',
      `Stream "${stream}" has moved on from version ${expected}. Load it again and decide on what it holds now.`,
      { retryable: true, ...options },
    );
    this.stream = stream;
    this.expected = expected;
    this.winner = options?.winner;
  }
}

/** The caller expected a version, or one of several, that the stream is not at. */
export class VersionMismatchError extends EverfoldError<'VERSION_MISMATCH'> {
  readonly stream: string;
  readonly expected: number | readonly number[];
  readonly actual: number;

  constructor(stream: string, expected: number | readonly number[], actual: number) {
    const versions = [expected].flat().join(' or ') || 'any';
    super(
      'VERSION_MISMATCH',
      `Stream "${stream}" is at version ${actual}, not at ${versions} as expected. Load it again and see whether the command still makes sense.`,
    );
    this.stream = stream;
    this.expected = expected;
    this.actual = actual;
  }
}

/** A stream was asked for as of a version that it has not come to. */
export class VersionNotFoundError extends EverfoldError<'VERSION_NOT_FOUND'> {
  readonly stream: string;
  readonly version: number;
  /** Version of its last event; 0 when it has none. */
  readonly last: number;

  constructor(stream: string, version: number, last: number) {
    super(
      'VERSION_NOT_FOUND',
      `Stream "${stream}" has no version ${version}: it ends at ${last}. Ask for a version up to that.`,
    );
    this.stream = stream;
    this.version = version;
    this.last = last;
  }
}

/** One problem of a value: where it is, and what is wrong with it. */
export interface Problem {
  /** The way to the value, such as `lines.0.units`; empty for the value as a whole. */
  readonly path: string;
  readonly reason: string;
}

/** A problem on one line: where, and what. */
export function describeProblem({ path, reason }: Problem): string {
  return path === '' ? reason : `${path}: ${reason}`;
}

/** All problems of a value on one line. */
export function describeProblems(problems: readonly Problem[]): string {
  return problems.map(describeProblem).join('; ');
}

/** An event that its own definition refuses: nothing was written. */
export class InvalidEventError extends EverfoldError<'INVALID_EVENT'> {
  readonly type: string;
  readonly problems: readonly Problem[];

  constructor(type: string, problems: readonly Problem[]) {
    super('INVALID_EVENT', `Event "${type}" is not valid: ${describeProblems(problems)}. Nothing was written.`);
    this.type = type;
    this.problems = problems;
  }
}

/** A recorded event that nothing here knows how to read. */
export class UnknownEventError extends EverfoldError<'UNKNOWN_EVENT'> {
  readonly stream: string;
  readonly type: string;

  constructor(stream: string, type: string) {
    super(
      'UNKNOWN_EVENT',
      `Stream "${stream}" holds an event "${type}" that is not defined here. Define it, or deploy the version that does.`,
    );
    this.stream = stream;
    this.type = type;
  }
}

/** What a stream holds cannot be trusted: a version is missing, doubled or unreadable. */
export class StreamCorruptedError extends EverfoldError<'STREAM_CORRUPTED'> {
  readonly stream: string;
  readonly version: number;

  constructor(stream: string, version: number, reason: string, options?: ErrorOptions) {
    super(
      'STREAM_CORRUPTED',
      `Stream "${stream}" is corrupted at version ${version}: ${reason}. Nothing was decided on it.`,
      options,
    );
    this.stream = stream;
    this.version = version;
  }
}

/** The stream was deleted: nothing can be appended to it, ever. */
export class StreamDeletedError extends EverfoldError<'STREAM_DELETED'> {
  readonly stream: string;
  /** Version of the event that deleted it. */
  readonly version: number;

  constructor(stream: string, version: number) {
    super(
      'STREAM_DELETED',
      `Stream "${stream}" was deleted at version ${version}, and a name is never used again. Choose another id.`,
    );
    this.stream = stream;
    this.version = version;
  }
}

/** A stream that has to have events has none. */
export class StreamNotFoundError extends EverfoldError<'STREAM_NOT_FOUND'> {
  readonly stream: string;

  constructor(stream: string) {
    super('STREAM_NOT_FOUND', `Stream "${stream}" has no events. Check its id.`);
    this.stream = stream;
  }
}

/** A value that must be unique is somebody else's: nothing was written. */
export class ClaimTakenError extends EverfoldError<'CLAIM_TAKEN'> {
  /** What has to be unique, such as `email`. */
  readonly claim: string;
  readonly value: string;
  /** Who holds it, when the store said so. */
  readonly holder: string | undefined;

  constructor({ name, value }: ClaimKey, holder: string | undefined, options?: ErrorOptions) {
    const held = holder === undefined ? 'held by somebody else' : `held by "${holder}"`;
    super('CLAIM_TAKEN', `The ${name} ${JSON.stringify(value)} is ${held}. Nothing was written.`, options);
    this.claim = name;
    this.value = value;
    this.holder = holder;
  }
}

/** The store refuses the pace, for as long as it was asked. */
export class ThrottledError extends EverfoldError<'THROTTLED'> {
  constructor(message: string, options?: ErrorOptions) {
    super('THROTTLED', message, { retryable: true, ...options });
  }
}

/**
 * The store did not answer, for as long as it was asked. Whether a write happened is not known: load again and decide
 * again.
 */
export class UnavailableError extends EverfoldError<'UNAVAILABLE'> {
  constructor(message: string, options?: ErrorOptions) {
    super('UNAVAILABLE', message, { retryable: true, ...options });
  }
}

/** More than the store can write at once: nothing was written. */
export class CommitTooLargeError extends EverfoldError<'COMMIT_TOO_LARGE'> {
  readonly stream: string;

  constructor(stream: string, reason: string, options?: ErrorOptions) {
    super(
      'COMMIT_TOO_LARGE',
      `The commit to stream "${stream}" is too large: ${reason}. Nothing was written; decide fewer or smaller events at once.`,
      options,
    );
    this.stream = stream;
  }
}

/** A value that a function of Everfold cannot take, found before anything was written. */
export class InvalidArgumentError extends EverfoldError<'INVALID_ARGUMENT'> {
  constructor(message: string) {
    super('INVALID_ARGUMENT', message);
  }
}

/**
 * The domain says no: a business outcome, not a fault.
 *
 * @example
 * ```ts
 * if (state.status !== 'new') throw new RejectedError('ORDER_ALREADY_PLACED', `Order ${id} was placed before.`);
 * ```
 */
export class RejectedError extends EverfoldError<'REJECTED'> {
  /** The domain's own word for why, such as `ORDER_ALREADY_PLACED`. */
  readonly reason: string;

  constructor(reason: string, message: string) {
    super('REJECTED', message);
    this.reason = reason;
  }
}
