import type { EventSchemas } from '@everfold/core';
import { describe, expect, test } from 'vitest';
import { fulfilment } from './fulfilment.test.fixture.js';
import { endPattern, stepPattern } from './patterns.js';
import type { Saga } from './saga.js';
import { step, trip } from './trip.test.fixture.js';

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
    const { run: _run, ...hotel } = step('Hotel', 'Placed', { source: 'hotels' });
    const saga = trip([hotel]) as Saga<EventSchemas, { Hotel: unknown }>;

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
      expect.objectContaining({ code: 'INVALID_ARGUMENT', message: 'Saga "fulfilment" has no step "pay".' }),
    );
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
