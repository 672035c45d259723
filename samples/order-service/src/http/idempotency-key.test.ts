import { RejectedError } from '@everfold/core';
import { describe, expect, it } from 'vitest';
import { idempotencyKeyOf, idOfKey, underKey } from './idempotency-key.js';

const keyOf = (field: string) => idempotencyKeyOf({ headers: { 'idempotency-key': field } });

describe('an idempotency key', () => {
  it.each([
    ['"8e03978e-40d5-43e8-bc93-6894a57f9324"', '8e03978e-40d5-43e8-bc93-6894a57f9324'],
    ['8e03978e-40d5-43e8-bc93-6894a57f9324', '8e03978e-40d5-43e8-bc93-6894a57f9324'],
    ['"a, \\"b\\" and \\\\"', 'a, "b" and \\'],
    [`"${'k'.repeat(255)}"`, 'k'.repeat(255)],
  ])('is a string in quotes, or what stands there without: %s', (field, key) => {
    expect(keyOf(field)).toBe(key);
  });

  it('may be missing', () => {
    expect(idempotencyKeyOf({ headers: {} })).toBeUndefined();
  });

  it.each([
    '',
    '""',
    '"a',
    'a"',
    '"a""',
    '"a","b"',
    'a,b',
    'a b',
    '"\\a"',
    '"a";b=1',
    '"é"',
    '\u0001',
    'k'.repeat(256),
  ])('is refused with 400 where it is malformed, empty or too long: [%s]', (field) => {
    expect(() => keyOf(field)).toThrow(
      expect.objectContaining({
        status: 400,
        body: expect.objectContaining({ problems: [{ path: 'idempotency-key', reason: expect.any(String) }] }),
      }),
    );
  });

  it('makes the same id for the same caller and key, and another one for another of them', () => {
    expect(idOfKey('ada', 'k')).toBe(idOfKey('ada', 'k'));
    expect(idOfKey('ada', 'k')).toMatch(/^[\w-]{22}$/);
    const ids = [
      idOfKey('ada', 'k'),
      idOfKey('bob', 'k'),
      idOfKey('ada', 'l'),
      idOfKey('a', 'dak'),
      idOfKey('adak', ''),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('that was used for something else is answered with 422', async () => {
    const taken = () => Promise.reject(new RejectedError('TAKEN', 'Another one is there.'));

    await expect(underKey('k', 'TAKEN', taken)).rejects.toMatchObject({
      status: 422,
      body: { code: 'IDEMPOTENCY_KEY_REUSED', message: expect.stringContaining('"k" was used before') },
    });
    await expect(underKey('k', 'OTHER', taken)).rejects.toMatchObject({ reason: 'TAKEN' });
    await expect(underKey(undefined, 'TAKEN', taken)).rejects.toMatchObject({ reason: 'TAKEN' });
  });
});
