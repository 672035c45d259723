import { describe, expect, test } from 'vitest';
import { endCategories, stepCategories } from './categories.js';
import { fulfilment } from './fulfilment.test.fixture.js';
import { booking } from './testing/sagas.test.fixture.js';

const ledgerOf = (name: string) => booking.steps.find((step) => step.name === name)?.ledger;

describe('stepCategories', () => {
  test('are the ledger of a step that bars nobody', () => {
    expect(stepCategories(fulfilment, 'ship')).toEqual(['fulfilment.ship']);
  });

  test('are the ledgers of those, too, that its undoing bars before they begin', () => {
    expect(stepCategories(fulfilment, 'reserve')).toEqual(['fulfilment.reserve', 'fulfilment.charge']);
  });

  test('refuse a step that the saga does not have', () => {
    expect(() => stepCategories(fulfilment, 'pack' as 'ship')).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining('"pack"') }),
    );
  });
});

describe('endCategories', () => {
  test('are the terminal events, and the ledgers of what the start sets off', () => {
    expect(endCategories(fulfilment)).toEqual(['fulfilment.end', 'fulfilment.reserve']);
  });

  test('go on behind steps that only wait', () => {
    expect(endCategories(booking).sort()).toEqual(
      ['booking.end', ledgerOf('approve'), ledgerOf('hotel'), ledgerOf('car')].sort(),
    );
  });
});
