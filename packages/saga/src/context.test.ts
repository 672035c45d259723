import { evolving, type RecordedEvent, severalEvents } from '@everfold/core';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { checkOutcome, keyOf, metadataOf, readAgain } from './context.js';
import { fulfilment } from './fulfilment.test.fixture.js';

const placed: RecordedEvent = {
  id: '01JB.0',
  type: 'OrderPlaced',
  data: { orderId: 'o1', amountCents: 5 },
  stream: 'order-o1',
  version: 1,
  at: '2026-01-02T03:04:05.000Z',
  metadata: { correlationId: 'request-1', causationId: 'command-1', actor: 'ann' },
};

const LEDGER = 'fulfilment.charge-o1';

describe('keyOf', () => {
  test('takes the key out of the data', () => {
    expect(keyOf(fulfilment, placed)).toBe('o1');
  });

  test.each([{}, { orderId: '' }, { orderId: 7 }, { orderId: null }, null, 'o1'])(
    'refuses data without one: %j',
    (data) => {
      expect(() => keyOf(fulfilment, { type: 'OrderPlaced', data })).toThrow(
        expect.objectContaining({
          code: 'INVALID_EVENT',
          type: 'OrderPlaced',
          problems: [expect.objectContaining({ path: 'orderId' })],
        }),
      );
    },
  );
});

describe('metadataOf', () => {
  test('pins the version that the saga has when its first event comes without one', () => {
    expect(metadataOf(fulfilment, placed)).toEqual({
      correlationId: 'request-1',
      causationId: '01JB.0',
      actor: 'ann',
      saga: 'fulfilment',
      sagaVersion: 3,
      hops: 1,
    });
  });

  test('keeps the version that was pinned, and counts the hops', () => {
    const metadata = { correlationId: 'request-1', causationId: '01JA.0', saga: 'fulfilment', sagaVersion: 2, hops: 4 };

    expect(metadataOf(fulfilment, { ...placed, metadata })).toEqual({
      correlationId: 'request-1',
      causationId: '01JB.0',
      saga: 'fulfilment',
      sagaVersion: 2,
      hops: 5,
    });
  });
});

describe('readAgain', () => {
  const newer = {
    ...fulfilment,
    events: { OrderPlaced: z.object({ orderId: z.string(), currency: z.string().default('EUR') }) },
  };

  test('gives the data as the schema outputs it now, and the rest as it was', async () => {
    expect(await readAgain(newer, placed, LEDGER)).toEqual({ ...placed, data: { orderId: 'o1', currency: 'EUR' } });
  });

  test('refuses what no longer fits', async () => {
    await expect(readAgain(newer, { ...placed, data: {} }, LEDGER)).rejects.toThrow(
      expect.objectContaining({ code: 'INVALID_EVENT' }),
    );
  });
});

describe('readAgain of an event that evolves', () => {
  const upcastTo = (...types: string[]) => ({
    ...fulfilment,
    events: {
      ...fulfilment.events,
      OrderPlaced: evolving(z.object({ orderId: z.string(), on: z.date() }), {
        revision: 2,
        upcast: {
          1: ({ orderId }: { orderId: string }) =>
            severalEvents(types.map((type) => ({ type, revision: 2, data: { orderId, on: '2026-01-02' } }))),
        },
        codec: {
          encode: ({ orderId, on }) => ({ orderId, on: on.toISOString() }),
          decode: ({ orderId, on }) => ({ orderId, on: new Date(on) }),
        },
      }),
      PaymentDeclined: evolving(z.unknown(), { revision: 2, upcast: { 1: (data: object) => data } }),
    },
  });

  test('upcasts and decodes it, and of several takes the one of its own type', async () => {
    expect(await readAgain(upcastTo('PaymentDeclined', 'OrderPlaced'), placed, LEDGER)).toEqual({
      ...placed,
      id: '01JB.0.1',
      revision: 2,
      data: { orderId: 'o1', on: new Date('2026-01-02') },
    });
  });

  test('refuses one that is of other types only today', async () => {
    await expect(readAgain(upcastTo('PaymentDeclined'), placed, LEDGER)).rejects.toThrow(
      expect.objectContaining({ code: 'UNREADABLE_EVENT', stream: LEDGER, type: 'OrderPlaced', revision: 1 }),
    );
  });
});

describe('checkOutcome', () => {
  const declined = { type: 'PaymentDeclined', data: { orderId: 'o1', reason: 'no funds' } };

  test('lets an outcome through that was declared, as its schema outputs it and without its decisions', async () => {
    const outcome = { type: 'PaymentDeclined', data: { orderId: 'o1', reason: 'no funds', noise: 1 }, decisions: [] };

    expect(await checkOutcome(fulfilment, 'charge', outcome, ['PaymentCaptured', 'PaymentDeclined'], 'o1')).toEqual(
      declined,
    );
  });

  test('refuses one that was not', async () => {
    await expect(
      checkOutcome(fulfilment, 'charge', declined, ['PaymentCaptured', 'PaymentRefunded'], 'o1'),
    ).rejects.toThrow(
      expect.objectContaining({
        code: 'INVALID_OUTCOME',
        step: 'charge',
        message: expect.stringContaining('"PaymentDeclined" is not among "PaymentCaptured", "PaymentRefunded"'),
      }),
    );
  });

  test('refuses one of another run', async () => {
    await expect(checkOutcome(fulfilment, 'charge', declined, ['PaymentDeclined'], 'o2')).rejects.toThrow(
      expect.objectContaining({
        code: 'INVALID_OUTCOME',
        message: expect.stringContaining('its orderId is "o1" in a run of "o2"'),
      }),
    );
  });

  test('refuses one whose data fails its schema', async () => {
    const outcome = { type: 'PaymentDeclined', data: { orderId: 'o1' } };

    await expect(checkOutcome(fulfilment, 'charge', outcome, ['PaymentDeclined'], 'o1')).rejects.toThrow(
      expect.objectContaining({ code: 'INVALID_EVENT', type: 'PaymentDeclined' }),
    );
  });
});
