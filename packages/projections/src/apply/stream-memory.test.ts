import { describe, expect, it } from 'vitest';
import { StreamMemory } from './stream-memory.js';

describe('the memory of streams', () => {
  it('knows nothing of a stream it has not seen', () => {
    expect(new StreamMemory(2).get('a')).toBeUndefined();
  });

  it('never goes back', () => {
    const memory = new StreamMemory(2);
    memory.advance('a', 5);
    memory.advance('a', 3);

    expect(memory.get('a')).toBe(5);
  });

  it('forgets the stream that was not used for longest', () => {
    const memory = new StreamMemory(2);
    memory.advance('a', 1);
    memory.advance('b', 2);
    memory.get('a');
    memory.advance('c', 3);

    expect(['a', 'b', 'c'].map((stream) => memory.get(stream))).toEqual([1, undefined, 3]);
  });
});
