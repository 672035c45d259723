import { describe, expect, test } from 'vitest';
import { causedBy, completeMetadata } from './metadata.js';

const ids = () => 'made-up';

describe('completeMetadata', () => {
  test('begins a correlation where there is none', () => {
    expect(completeMetadata({}, ids)).toEqual({ correlationId: 'made-up', causationId: 'made-up' });
  });

  test('correlates by the cause where only that is known', () => {
    expect(completeMetadata({ causationId: 'e-1' }, ids)).toEqual({ correlationId: 'e-1', causationId: 'e-1' });
  });

  test('makes up the cause where only the correlation is known', () => {
    expect(completeMetadata({ correlationId: 'c-1' }, ids)).toEqual({ correlationId: 'c-1', causationId: 'made-up' });
  });

  test('keeps what is given', () => {
    const given = { correlationId: 'c-1', causationId: 'e-1', actor: 'ada', traceparent: '00-ab' };

    expect(completeMetadata(given, ids)).toEqual(given);
  });
});

describe('causedBy', () => {
  test('keeps correlation and actor, names the event as the cause, and leaves the rest behind', () => {
    const metadata = { correlationId: 'c-1', causationId: 'e-1', actor: 'ada', tenant: 'acme' };

    expect(causedBy({ id: 'e-2', metadata })).toStrictEqual({ correlationId: 'c-1', causationId: 'e-2', actor: 'ada' });
  });

  test('goes on with the trace of the event', () => {
    const trace = { traceparent: '00-ab', tracestate: 'vendor=1' };
    const metadata = { correlationId: 'c-1', causationId: 'e-1', ...trace };

    expect(causedBy({ id: 'e-2', metadata })).toStrictEqual({ correlationId: 'c-1', causationId: 'e-2', ...trace });
  });

  test('has no actor where there was none', () => {
    const metadata = { correlationId: 'c-1', causationId: 'e-1' };

    expect(causedBy({ id: 'e-2', metadata })).toStrictEqual({ correlationId: 'c-1', causationId: 'e-2' });
  });
});
