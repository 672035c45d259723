import { expect, test } from 'vitest';
import { withEarlier } from '../versions.js';
import { booking } from './booking.test.fixture.js';
import { countEntries, type EntryCount } from './count-entries.js';

function countsOf(types: readonly string[], saga = booking): string[] {
  const counts: EntryCount[] = [];
  const onEntry = countEntries(saga, (count) => counts.push(count));
  for (const type of types) onEntry({ saga: 'booking', step: 'charge', key: 't1', type, data: {} });
  return counts.map(({ saga: name, step, kind }) => `${name} ${step} ${kind}`);
}

test.each([
  ['$started', 'started'],
  ['$attempted', 'attempted'],
  ['CardCharged', 'ok'],
  ['CardDeclined', 'failed'],
  ['CardRefunded', 'undone'],
  ['$fenced', 'given-up'],
  ['$tombstoned', 'barred'],
  ['$parked', 'parked'],
  ['$resumed', 'resumed'],
  ['$resolved', 'resolved'],
])('%s counts as %s', (type, kind) => {
  expect(countsOf([type])).toEqual([`booking charge ${kind}`]);
});

test('what asks another service to take its work back counts as asked', () => {
  const counts: EntryCount[] = [];
  countEntries(booking, (count) => counts.push(count))({
    saga: 'booking',
    step: 'sleep',
    key: 't1',
    type: 'HotelToCancel',
    data: {},
  });

  expect(counts).toEqual([{ saga: 'booking', step: 'sleep', kind: 'asked' }]);
});

test('what is none of the step’s counts as nothing', () => {
  expect(countsOf(['SeatHeld', '$deleted'])).toEqual([]);
});

test('an outcome of an earlier version counts as well', () => {
  const steps = booking.steps.map((step) => (step.name === 'charge' ? { ...step, ok: 'SeatHeld' } : step));

  expect(countsOf(['SeatHeld'], withEarlier(booking, { ...booking, version: 1, steps }))).toEqual([
    'booking charge ok',
  ]);
});
