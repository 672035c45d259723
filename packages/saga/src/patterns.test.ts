import { describe, expect, test } from 'vitest';
import { fulfilment } from './fulfilment.test.fixture.js';
import { endPattern, stepPattern } from './patterns.js';

describe('stepPattern', () => {
  test('lets through the trigger and what the step is undone upon', () => {
    expect(stepPattern(fulfilment, 'reserve', 'shop')).toEqual({
      source: ['shop'],
      'detail-type': ['OrderPlaced', 'PaymentDeclined', 'PaymentRefunded'],
    });
    expect(stepPattern(fulfilment, 'charge', 'shop')).toEqual({
      source: ['shop'],
      'detail-type': ['InventoryReserved', 'ShippingFailed'],
    });
  });

  test('lets through only the trigger of a step that is never undone', () => {
    expect(stepPattern(fulfilment, 'ship', 'shop')).toEqual({ source: ['shop'], 'detail-type': ['PaymentCaptured'] });
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
