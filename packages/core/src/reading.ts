import type { Position } from './commit.js';
import { InvalidArgumentError } from './errors.js';
import type { LoadQuery, ReadRange } from './event-store.js';
import { checkWholeNumber } from './whole-number.js';

/**
 * Checks what a caller gave as the part of a stream to be read. Every store begins with this.
 *
 * @throws InvalidArgumentError when a version or the limit is not a whole number in range, or a time is no ISO 8601 time.
 */
export function checkRange(stream: string, range: ReadRange & Pick<LoadQuery, 'snapshots' | 'until'>): void {
  if (stream === '') throw new InvalidArgumentError('The stream to read has no name. Make one with streamName.');
  const { after = 0, upTo = Number.POSITIVE_INFINITY, limit = Number.POSITIVE_INFINITY, snapshots, until } = range;
  const check = (name: string, value: number, least: number) =>
    checkWholeNumber(`${name} is ${value} in reading "${stream}"`, value, least);
  check('after', after, 0);
  if (upTo !== Number.POSITIVE_INFINITY) check('upTo', upTo, 0);
  if (limit !== Number.POSITIVE_INFINITY) check('limit', limit, 1);
  if (snapshots) check('snapshots.every', snapshots.every, 1);
  if (until !== undefined && !isTime(until)) {
    throw new InvalidArgumentError(
      `until is ${JSON.stringify(until)} in loading "${stream}"; give a time as Date.toISOString does.`,
    );
  }
}

/**
 * Checks that what is known of a stream is of that stream.
 *
 * @throws InvalidArgumentError when the position is of another one.
 */
export function checkPosition(stream: string, after: Position | undefined): void {
  if (after === undefined || after.stream === stream) return;
  throw new InvalidArgumentError(
    `after is a position of "${after.stream}" in loading "${stream}"; give one of its own.`,
  );
}

/** Times are compared as texts, so they have to be of one form. */
function isTime(text: string): boolean {
  const time = new Date(text);
  return !Number.isNaN(time.getTime()) && time.toISOString() === text;
}

/** DynamoDB scans in at most so many segments. Source: API Reference, "Scan". */
const MOST_SEGMENTS = 1_000_000;

/**
 * Checks how a scan is to be done.
 *
 * @throws InvalidArgumentError when a number is out of range.
 */
export function checkScan({ segments = 1, unitsPerSecond = 1 }: { segments?: number; unitsPerSecond?: number }): void {
  checkWholeNumber(`segments is ${segments}`, segments, 1, MOST_SEGMENTS);
  if (!(unitsPerSecond > 0)) {
    throw new InvalidArgumentError(`unitsPerSecond is ${unitsPerSecond}; give a number above 0.`);
  }
}
