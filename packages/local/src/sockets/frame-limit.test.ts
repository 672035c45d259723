import { describe, expect, it } from 'vitest';
import { frameLimit } from './frame-limit.js';

/** A masked text frame, as a client sends it. */
function frame(size: number): Buffer {
  return Buffer.concat([Buffer.from([0x81, ...lengthOf(size), 1, 2, 3, 4]), Buffer.alloc(size)]);
}

function lengthOf(size: number): number[] {
  if (size < 126) return [0x80 | size];
  if (size < 65_536) return [0xfe, size >> 8, size & 255];
  return [0xff, 0, 0, 0, 0, 0, size >> 16, (size >> 8) & 255, size & 255];
}

describe('a limit of frames', () => {
  it('lets frames pass that carry no more, whatever stands in the bytes between', () => {
    const isTooLarge = frameLimit(1_000);

    expect([0, 125, 126, 1_000, 7].map((size) => isTooLarge(frame(size)))).toEqual([false, false, false, false, false]);
  });

  it.each([1_001, 65_536])('sees one of %s bytes by its header', (size) => {
    expect(frameLimit(1_000)(frame(size).subarray(0, 10))).toBe(true);
  });

  it('sees it wherever the bytes are cut, and behind other frames', () => {
    const bytes = Buffer.concat([frame(300), frame(5), frame(1_001)]);
    const isTooLarge = frameLimit(1_000);
    const answers = [...bytes].map((byte) => isTooLarge(Uint8Array.of(byte)));

    // Two frames with their headers, and the four bytes that tell the length of the third.
    expect(answers.indexOf(true)).toBe(308 + 11 + 3);
  });
});
