import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineEvents, isReserved, validateEvent } from './events.js';

const events = defineEvents({
  OrderPlaced: z.object({ orderId: z.string(), lines: z.array(z.object({ units: z.number().int().positive() })) }),
  OrderNoted: z.object({ note: z.string().default('none') }),
});

describe('defineEvents', () => {
  test('keeps the schemas, and keeps them from being changed', () => {
    expect(Object.keys(events)).toEqual(['OrderPlaced', 'OrderNoted']);
    expect(Object.isFrozen(events)).toBe(true);
  });

  test.each(['A', 'OrderPlaced', 'order.placed_2'])('takes "%s" for a type', (type) => {
    expect(defineEvents({ [type]: z.string() })).toHaveProperty([type]);
  });

  test.each(['', '1st', '$Started', '_a', 'order-placed', 'Order Placed', 'Bestellt-ü', 'A\n'])(
    'refuses "%s" for a type',
    (type) => {
      expect(() => defineEvents({ OrderPlaced: z.string(), [type]: z.string() })).toThrow(
        expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(`"${type}"`) }),
      );
    },
  );
});

describe('isReserved', () => {
  test('tells the types of Everfold by their "$"', () => {
    expect(['$Started', 'Started', 'US$Paid'].map(isReserved)).toEqual([true, false, false]);
  });
});

describe('validateEvent', () => {
  test('gives back the event with its data as the schema outputs it', async () => {
    const event = { type: 'OrderNoted', data: { extra: 1 }, beside: 'the event' };

    expect(await validateEvent(events, event)).toStrictEqual({ type: 'OrderNoted', data: { note: 'none' } });
  });

  test('waits for a schema that takes its time', async () => {
    const slow = defineEvents({ Checked: z.string().refine(async (text) => text === 'sound') });

    expect(await validateEvent(slow, { type: 'Checked', data: 'sound' })).toEqual({ type: 'Checked', data: 'sound' });
    await expect(validateEvent(slow, { type: 'Checked', data: 'flawed' })).rejects.toThrow(
      'Event "Checked" is not valid',
    );
  });

  test('says everything that is wrong, and where', async () => {
    const event = { type: 'OrderPlaced', data: { orderId: 7, lines: [{ units: 1 }, { units: 0 }] } };

    await expect(validateEvent(events, event)).rejects.toMatchObject({
      name: 'InvalidEventError',
      code: 'INVALID_EVENT',
      retryable: false,
      type: 'OrderPlaced',
      problems: [
        { path: 'orderId', reason: expect.stringContaining('string') },
        { path: 'lines.1.units', reason: expect.stringContaining('>0') },
      ],
    });
  });

  test('reads the path of an issue whether its segments are keys or objects, or there is none', async () => {
    const issues = [
      { message: 'wrong', path: [{ key: 'lines' }, 0, Symbol('units')] },
      { message: 'wrong as a whole' },
    ];
    const schema = { '~standard': { version: 1, vendor: 'test', validate: () => ({ issues }) } } as const;

    await expect(validateEvent({ Placed: schema }, { type: 'Placed', data: 1 })).rejects.toMatchObject({
      problems: [
        { path: 'lines.0.Symbol(units)', reason: 'wrong' },
        { path: '', reason: 'wrong as a whole' },
      ],
      message: 'Event "Placed" is not valid: lines.0.Symbol(units): wrong; wrong as a whole. Nothing was written.',
    });
  });

  test.each(['OrderShipped', 'toString', '__proto__'])('refuses the type "%s", which is not defined', async (type) => {
    await expect(validateEvent(events, { type, data: {} })).rejects.toMatchObject({
      code: 'INVALID_EVENT',
      type,
      problems: [{ path: '', reason: 'no event of this type is defined; there are OrderPlaced, OrderNoted' }],
    });
  });
});
