/** Bytes of a frame's header before its mask. Source: RFC 6455, section 5.2. */
const SHORTEST_HEADER = 2;

/**
 * Watches the frames that come in on a WebSocket, which libraries put together to messages before anybody sees them.
 *
 * Source: RFC 6455, section 5.2, "Base Framing Protocol".
 *
 * @param limit - The most bytes that a frame may carry.
 * @returns Takes the bytes as they come, and says whether a frame that is too large has begun.
 */
export function frameLimit(limit: number): (chunk: Uint8Array) => boolean {
  let header: number[] = [];
  let toSkip = 0;
  return (chunk) => {
    let at = 0;
    while (at < chunk.length) {
      if (toSkip > 0) {
        const skipped = Math.min(toSkip, chunk.length - at);
        toSkip -= skipped;
        at += skipped;
        continue;
      }
      header.push(chunk[at++] ?? 0);
      const carried = payloadOf(header);
      if (carried === undefined) continue;
      if (carried > limit) return true;
      toSkip = carried + (isMasked(header) ? 4 : 0);
      header = [];
    }
    return false;
  };
}

/** The length that a header tells of, once all of it is there. */
function payloadOf(header: readonly number[]): number | undefined {
  if (header.length < SHORTEST_HEADER) return undefined;
  const short = (header[1] ?? 0) & 0x7f;
  if (short < 126) return short;
  const length = header.slice(SHORTEST_HEADER);
  if (length.length < (short === 126 ? 2 : 8)) return undefined;
  return length.reduce((sum, byte) => sum * 256 + byte, 0);
}

function isMasked(header: readonly number[]): boolean {
  return ((header[1] ?? 0) & 0x80) !== 0;
}
