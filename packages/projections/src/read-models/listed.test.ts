import { describe, expect, it } from 'vitest';
import { checkListed } from './listed.js';

describe('the place of a row', () => {
  it('may be anything of 1 to 1,024 bytes, or none', () => {
    const longest = { group: 'é'.repeat(512), sort: 'é'.repeat(512) };

    expect(checkListed(undefined)).toBeUndefined();
    expect(checkListed(longest)).toBe(longest);
  });

  it.each([
    [{ group: '', sort: '1' }, 'the group ""; give text of 1 to 1024 bytes'],
    [{ group: 'g', sort: '' }, 'the sort ""'],
    [{ group: 'g', sort: 'é'.repeat(513) }, 'the sort "é'],
    [{ group: 'g', sort: 7 as never }, 'the sort 7'],
    [{ group: undefined as never, sort: '1' }, 'the group undefined'],
  ])('is refused otherwise: %j', (listed, message) => {
    expect(() => checkListed(listed)).toThrow(message);
  });
});
