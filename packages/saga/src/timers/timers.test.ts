import { describe, expect, it } from 'vitest';
import { parseTimer } from './timers.js';

const timer = { saga: 'fulfilment', step: 'charge', key: '42', at: '2026-01-02T03:04:05.678Z' };

describe('a timer that came back', () => {
  it('is what was set', () => {
    expect(parseTimer(JSON.parse(JSON.stringify(timer)))).toEqual(timer);
  });

  it('is freed of what somebody else has put with it', () => {
    expect(parseTimer({ ...timer, more: true })).toEqual(timer);
  });

  it.each(['2026-01-02T03:04:05Z', '2026-01-02T03:04:05+02:00', '2026-01-02T03:04:05.6789-11:30'])(
    'may be due at %s',
    (at) => {
      expect(parseTimer({ ...timer, at })).toEqual({ ...timer, at });
    },
  );

  it.each([
    ['detail', null],
    ['detail', 'charge'],
    ['detail', undefined],
  ])('is refused when its %s is %j', (field, detail) => {
    expect(() => parseTimer(detail)).toThrow(expect.objectContaining({ code: 'INVALID_TIMER', field, value: detail }));
  });

  it.each([
    ['saga', 7],
    ['step', ''],
    ['key', undefined],
    ['at', 'tomorrow'],
    ['at', '2026-01-02'],
    ['at', '2026-01-02T03:04:05'],
    ['at', '2026-13-02T03:04:05Z'],
  ])('is refused when %s is %j, with the remedy', (field, value) => {
    expect(() => parseTimer({ ...timer, [field]: value })).toThrow(
      expect.objectContaining({
        code: 'INVALID_TIMER',
        retryable: false,
        field,
        value,
        message: expect.stringMatching(new RegExp(`^The ${field} of a timer is .*\\. It is a `)),
      }),
    );
  });

  it('is shown in part when it is long', () => {
    expect(() => parseTimer({ ...timer, at: 'x'.repeat(500) })).toThrow(/ is "x{99}…\. It is/);
  });
});
