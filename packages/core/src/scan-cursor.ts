import { InvalidArgumentError } from './errors.js';
import type { Json } from './json.js';

/** Where each segment of a scan stands: what its next page begins after, `null` when it is done, absent before its first. */
export type SegmentStates<TKey extends Json> = Record<string, TKey | null>;

/** Writes a cursor: opaque text, safe in a URL. */
export function writeCursor<TKey extends Json>(segments: number, states: SegmentStates<TKey>): string {
  return Buffer.from(JSON.stringify({ segments, states })).toString('base64url');
}

/**
 * Reads a cursor.
 *
 * @throws InvalidArgumentError when it is not one of this number of segments.
 */
export function readCursor<TKey extends Json>(cursor: string | undefined, segments: number): SegmentStates<TKey> {
  if (cursor === undefined) return {};
  const read = decode<TKey>(cursor);
  if (read === undefined) {
    throw new InvalidArgumentError(`"${cursor.slice(0, 40)}" is not the cursor of a scan. Give one that a page had.`);
  }
  if (read.segments !== segments || Object.keys(read.states).some((segment) => !(Number(segment) < segments))) {
    throw new InvalidArgumentError(
      `The cursor is of a scan with segments: ${read.segments}, and this one has ${segments}. Resume with the same number.`,
    );
  }
  return read.states;
}

function decode<TKey extends Json>(
  cursor: string,
): { readonly segments: unknown; readonly states: SegmentStates<TKey> } | undefined {
  try {
    const { segments, states } = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return typeof states === 'object' && states !== null && !Array.isArray(states) ? { segments, states } : undefined;
  } catch {
    return undefined;
  }
}
