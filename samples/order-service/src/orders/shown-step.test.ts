import { expect, it } from 'vitest';
import { withoutErrors } from './shown-step.js';

const error = { name: 'AccessDenied', message: 'arn:aws:dynamodb:…:table/books' };

it('a step is shown to a customer without the errors of what it called', () => {
  const attempts = { work: 'do', failed: 2, next: '2026-01-01T00:00:00.000Z', error };
  const parked = { work: 'do', reason: 'exhausted', since: '2026-01-02T00:00:00.000Z', error };

  expect(withoutErrors({ name: 'charge', attempts, parked })).toEqual({
    name: 'charge',
    attempts: { failed: 2, next: '2026-01-01T00:00:00.000Z' },
    parked: { reason: 'exhausted', since: '2026-01-02T00:00:00.000Z' },
  });
});

it('a step in which nothing went wrong is shown as it is', () => {
  expect(withoutErrors({ name: 'charge', status: 'ok' })).toEqual({ name: 'charge', status: 'ok' });
});
