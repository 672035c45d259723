import { describe, expect, test } from 'vitest';
import { durationMs } from './duration.js';

describe('durationMs', () => {
  test.each([
    ['30s', 30_000],
    ['15m', 900_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['0.5h', 1_800_000],
    ['0s', 0],
  ] as const)('reads %s', (duration, milliseconds) => {
    expect(durationMs(duration)).toBe(milliseconds);
  });

  test.each(['-5m', '1e3s', '.5h', '5.m', ' 5m', '5 m', '5w', '5', 'm', '', 'Infinitys'])('refuses "%s"', (text) => {
    expect(() => durationMs(text as '1s')).toThrow(
      expect.objectContaining({
        code: 'INVALID_ARGUMENT',
        message: expect.stringContaining(`"${text}" is not a duration`),
      }),
    );
  });
});
