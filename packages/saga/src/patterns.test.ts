import type { EventSchemas } from '@everfold/core';
import { describe, expect, test } from 'vitest';
import { fulfilment } from './fulfilment.test.fixture.js';
import { contractPattern, endPattern, stepPattern } from './patterns.js';
import type { Saga } from './saga.js';
import { contract, pivot, trip } from './trip.test.fixture.js';
import { withEarlier } from './versions.js';

describe('stepPattern', () => {
  test('lets through the trigger and what the step is undone upon', () => {
    expect(stepPattern(fulfilment, 'reserve', 'shop')).toEqual({
      $or: [
        { source: ['shop'], 'detail-type': ['OrderPlaced', 'PaymentDeclined', 'PaymentRefunded'] },
        { source: ['shop'], 'detail-type': ['SagaTimer'], detail: { saga: ['fulfilment'], step: ['reserve'] } },
      ],
    });
    expect(stepPattern(fulfilment, 'charge', 'shop')).toMatchObject({
      $or: [{ 'detail-type': ['InventoryReserved', 'ShippingFailed'] }, { detail: { step: ['charge'] } }],
    });
  });

  test('lets through only the trigger of a step that is never undone', () => {
    expect(stepPattern(fulfilment, 'ship', 'shop')).toMatchObject({
      $or: [{ source: ['shop'], 'detail-type': ['PaymentCaptured'] }, { 'detail-type': ['SagaTimer'] }],
    });
  });

  test('lets through what the service answers that runs the step', () => {
    const saga = trip([contract('Hotel', 'Placed', { source: 'hotels' })]) as Saga<EventSchemas, { Hotel: unknown }>;

    expect(stepPattern(saga, 'Hotel', 'shop')).toMatchObject({
      $or: [
        { source: ['shop'], 'detail-type': ['Placed'] },
        { source: ['shop'], 'detail-type': ['SagaTimer'] },
        { source: ['hotels'], 'detail-type': ['HotelDone', 'HotelFailed', 'HotelUndone'] },
      ],
    });
  });

  test('refuses a step that the saga does not have', () => {
    expect(() => stepPattern(fulfilment, 'pay' as 'ship', 'shop')).toThrow(
      expect.objectContaining({
        code: 'INVALID_ARGUMENT',
        message: 'Saga "fulfilment" has no step "pay"; it has reserve, charge, ship.',
      }),
    );
  });
});

describe('contractPattern', () => {
  const saga = trip(
    [
      contract('Hotel', 'Placed'),
      pivot('Pay', 'HotelDone', { source: 'bank', run: undefined as never, deadline: { after: '1h' } }),
    ],
    {
      cancel: 'Stopped',
    },
  ) as Saga<EventSchemas, { Hotel: unknown; Pay: unknown }>;

  test('lets through the trigger of a service, and what asks it to take its work back: no cancellation', () => {
    expect(contractPattern(saga, 'Hotel', 'shop')).toEqual({
      source: ['shop'],
      'detail-type': ['Placed', 'HotelUndoAsked'],
    });
  });

  test('lets through the trigger alone where nothing is ever taken back', () => {
    expect(contractPattern(saga, 'Pay', 'shop')).toEqual({ source: ['shop'], 'detail-type': ['HotelDone'] });
  });

  test('lets through what every version says', () => {
    const later = trip(
      [{ ...contract('Hotel', 'Placed'), undo: { ask: 'HotelToFree', data: () => ({}), ok: 'HotelUndone' } }],
      {
        version: 2,
      },
    ) as typeof saga;

    expect(contractPattern(withEarlier(later, saga), 'Hotel', 'shop')).toMatchObject({
      'detail-type': ['Placed', 'HotelToFree', 'HotelUndoAsked'],
    });
  });

  test('refuses a step that is run here, and one that there is not', () => {
    expect(() => contractPattern(fulfilment, 'ship', 'shop')).toThrow('Step "ship" of saga "fulfilment" is run here');
    expect(() => contractPattern(fulfilment, 'pay' as 'ship', 'shop')).toThrow('has no step "pay"');
  });
});

describe('endPattern', () => {
  test('lets through the success, and the failures and compensations of the first step', () => {
    expect(endPattern(fulfilment, 'shop')).toEqual({
      source: ['shop'],
      'detail-type': ['ShipmentDispatched', 'InventoryRejected', 'InventoryReleased'],
    });
  });
});
