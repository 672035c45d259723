import { InvalidArgumentError } from '@everfold/core';
import { describe, expect, it, vi } from 'vitest';
import { reportError } from './error-report.js';
import { logParking } from './notice.js';

describe('the report of an error', () => {
  it('has its name, code, message and stack', () => {
    const error = new InvalidArgumentError('no key');

    expect(reportError(error)).toEqual({
      name: 'InvalidArgumentError',
      code: 'INVALID_ARGUMENT',
      message: 'no key',
      stack: error.stack,
    });
  });

  it('is bounded, and ends on a whole character', () => {
    const report = reportError(new Error(`${'x'.repeat(998)}😀${'x'.repeat(5_000)}`));

    expect(report.message).toBe(`${'x'.repeat(998)}…`);
    expect(report.stack).toHaveLength(3_000);
  });

  it('takes what is thrown and is no error', () => {
    expect(reportError('out of luck')).toEqual({ name: 'string', message: 'out of luck' });
  });
});

describe('a notice that nobody listens to', () => {
  it.each([
    ['parked', 'ERROR', 'Stream "order-1" is parked for orders@1 at version 5: poi\nson'],
    ['released', 'INFO', 'Stream "order-1" goes on for orders@1: it was parked at version 5.'],
  ] as const)('is one line of JSON when a stream is %s', (kind, level, message) => {
    const written: string[] = [];
    const spy = vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
    const time = '2026-01-01T00:00:00.000Z';

    logParking({
      kind,
      projection: 'orders@1',
      parked: {
        stream: 'order-1',
        version: 5,
        last: 5,
        commitId: 'c',
        ticket: 't',
        state: 'parked',
        attempts: 3,
        firstFailedAt: time,
        lastFailedAt: time,
        parkedAt: time,
        error: { name: 'Error', message: 'poi\nson' },
      },
    });
    spy.mockRestore();

    expect(written).toHaveLength(1);
    expect(written[0]).toMatch(/^[^\n]+\n$/);
    expect(JSON.parse(written[0] ?? '')).toMatchObject({ level, message, kind, projection: 'orders@1', attempts: 3 });
  });
});
