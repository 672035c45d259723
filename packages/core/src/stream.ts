import { InvalidArgumentError } from './errors.js';
import { checkName } from './name.js';

/** A DynamoDB hash key may have 2,048 bytes; this leaves room for four-byte characters. */
const LONGEST_STREAM = 512;

/**
 * Names the stream of one aggregate: `<category>-<id>`.
 *
 * @param category - Letters, digits, "_" and "."; no dash, for the first dash ends it.
 * @param id - Any well-formed text of at least one character; the whole name has at most 512.
 * @throws InvalidArgumentError when either is not so.
 *
 * @example
 * ```ts
 * streamName('order', '01JB'); // 'order-01JB'
 * ```
 */
export function streamName(category: string, id: string): string {
  checkCategory(category);
  if (typeof id !== 'string' || id === '') {
    throw new InvalidArgumentError(
      `An aggregate of category "${category}" needs an id of at least one character, not ${JSON.stringify(id)}.`,
    );
  }
  const stream = `${category}-${id}`;
  checkStreamName(stream);
  return stream;
}

/** @throws InvalidArgumentError when `streamName` could not have made it: it might be no key that DynamoDB takes, or a claim's. */
export function checkStreamName(stream: string): void {
  if (!/^[A-Za-z][A-Za-z0-9_.]*-./s.test(stream)) {
    throw new InvalidArgumentError(`${JSON.stringify(stream)} is not a stream name. Make one with streamName.`);
  }
  if (stream.length > LONGEST_STREAM) {
    throw new InvalidArgumentError(
      `Stream "${stream.slice(0, 40)}…" has ${stream.length} characters; ${LONGEST_STREAM} are allowed. Use a shorter id.`,
    );
  }
  // UTF-8 would write every lone surrogate as U+FFFD, and two streams would become one.
  if (/\p{Surrogate}/u.test(stream)) {
    throw new InvalidArgumentError(
      `Stream ${JSON.stringify(stream)} is not well-formed Unicode. Use whole characters.`,
    );
  }
}

/**
 * The part of a stream's name before its first dash.
 *
 * @throws InvalidArgumentError when there is no dash, or nothing before it.
 *
 * @example
 * ```ts
 * categoryOf('order-01JB'); // 'order'
 * ```
 */
export function categoryOf(stream: string): string {
  return stream.slice(0, dashOf(stream));
}

/**
 * The part of a stream's name after its first dash.
 *
 * @throws InvalidArgumentError when there is no dash, or nothing before it.
 *
 * @example
 * ```ts
 * idOf('order-01JB-a'); // '01JB-a'
 * ```
 */
export function idOf(stream: string): string {
  return stream.slice(dashOf(stream) + 1);
}

/** @throws InvalidArgumentError when `category` cannot begin a stream's name. */
export function checkCategory(category: string): void {
  checkName('Category', category);
}

function dashOf(stream: string): number {
  const dash = stream.indexOf('-');
  if (dash < 1) throw new InvalidArgumentError(`"${stream}" is not a stream name. Streams are named <category>-<id>.`);
  return dash;
}
