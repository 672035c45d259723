import { describe, expect, it } from 'vitest';
import { inTurn } from './in-turn.js';

describe('projectors in turn', () => {
  it('each get every batch, and the lowest failure of a stream counts', async () => {
    const seen: string[] = [];
    const fails = (name: string, after: number) => async () => {
      seen.push(name);
      return [{ stream: 'order-1', after, error: name }];
    };

    const failures = await inTurn(fails('one', 3), fails('two', 1), fails('three', 2))([]);

    expect(seen).toEqual(['one', 'two', 'three']);
    expect(failures).toEqual([{ stream: 'order-1', after: 1, error: 'two' }]);
  });
});
