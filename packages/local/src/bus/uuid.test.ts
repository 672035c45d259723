import { systemRandom } from '@everfold/core';
import { describe, expect, it } from 'vitest';
import { uuidFrom } from './uuid.js';

describe('uuidFrom', () => {
  it('makes a UUID of version 4', () => {
    expect(uuidFrom(systemRandom)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('makes the same one of the same chance', () => {
    expect(uuidFrom(() => 0)).toBe('00000000-0000-4000-8000-000000000000');
    expect(uuidFrom(() => 0.999)).toBe('ffffffff-ffff-4fff-bfff-ffffffffffff');
  });
});
