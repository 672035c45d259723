import { evolving, type RecordedEvent, severalEvents } from '@everfold/core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { merge, put, remove } from './changes.js';
import { defineProjection } from './projection.js';
import { rowsOf } from './projection-rows.js';
import { type OrderRow, orderEvents, orders } from './shop.test.fixture.js';

function event(type: string, data: unknown = {}): RecordedEvent {
  const metadata = { correlationId: 'c', causationId: 'c' };
  return { id: '1.0', type, data, stream: 'order-1', version: 1, at: '2026-01-01T00:00:00.000Z', metadata };
}

const valid = { name: 'orders', version: 1, events: orderEvents, rows: rowsOf<OrderRow>(), on: {} };

describe('a projection', () => {
  it('makes changes of the events it listens to, and none of others', () => {
    const row = { status: 'placed', cents: 5, day: '2026-01-01' } as const;

    expect(orders.changesOf(event('OrderPlaced', { cents: 5, day: '2026-01-01' }))).toEqual([put('order-1', row)]);
    expect(orders.changesOf(event('NoteTaken', { text: 'a' }))).toEqual([]);
    expect(orders.changesOf(event('toString'))).toEqual([]);
  });

  it('takes one change, several or none', () => {
    const { changesOf } = defineProjection({
      ...valid,
      on: {
        OrderPlaced: ({ stream, data }) => [remove(stream), merge(stream, { cents: data.cents })],
        OrderCancelled: () => undefined,
        OrderErased: ({ stream }) => remove(stream),
      },
    });

    expect(changesOf(event('OrderPlaced', { cents: 1 }))).toEqual([remove('order-1'), merge('order-1', { cents: 1 })]);
    expect(changesOf(event('OrderCancelled'))).toEqual([]);
    expect(changesOf(event('OrderErased'))).toEqual([remove('order-1')]);
  });

  it('makes them of events as they are read today, be it several of one', () => {
    const paid = evolving(z.object({ on: z.date() }), {
      revision: 2,
      upcast: {
        1: (days: readonly string[]) =>
          severalEvents(days.map((day) => ({ type: 'OrderPaid', revision: 2, data: { on: `${day}T00:00:00Z` } }))),
      },
      codec: { encode: ({ on }) => ({ on: on.toISOString() }), decode: ({ on }) => ({ on: new Date(on) }) },
    });
    const { changesOf } = defineProjection({
      ...valid,
      events: { ...orderEvents, OrderPaid: paid },
      on: { OrderPaid: ({ id, data }) => put(id, { status: 'paid', cents: data.on.getUTCDate(), day: '' }) },
    });

    expect(changesOf(event('OrderPaid', ['2026-01-02', '2026-01-03']))).toEqual([
      put('1.0.0', { status: 'paid', cents: 2, day: '' }),
      put('1.0.1', { status: 'paid', cents: 3, day: '' }),
    ]);
    expect(() => changesOf({ ...event('OrderPaid'), revision: 3 })).toThrow(
      expect.objectContaining({ code: 'NEWER_REVISION' }),
    );
  });

  it('is not held up by a newer revision of an event that it does not listen to', () => {
    expect(orders.changesOf({ ...event('NoteTaken'), revision: 2 })).toEqual([]);
  });

  it.each([
    ['', 'The key of remove is "" with 0 bytes; give a string of 1 to 1024 bytes.'],
    ['é'.repeat(513), 'with 1026 bytes; give a string of 1 to 1024 bytes.'],
    [7 as never, 'The key of remove is a value of type number; give a string'],
  ])('refuses to change a row under the key %j', (key, message) => {
    const { changesOf } = defineProjection({ ...valid, on: { OrderErased: () => remove(key) } });

    expect(() => changesOf(event('OrderErased'))).toThrow(message);
  });

  it('keeps the rows of a version under a name of their own', () => {
    expect(defineProjection(valid).rows).toEqual({ id: 'orders@1', spread: 16 });
    expect(defineProjection({ ...valid, version: 2, spread: 1 }).rows).toEqual({ id: 'orders@2', spread: 1 });
  });

  it.each([
    ['a name with a slash', { name: 'orders/all' }, 'Projection "orders/all" needs another name.'],
    ['an empty name', { name: '' }, 'Projection "" needs another name.'],
    ['version 0', { version: 0 }, 'The version of projection "orders" is 0; give a whole number from 1'],
    ['half a version', { version: 1.5 }, 'The version of projection "orders" is 1.5'],
    ['no spread', { spread: 0 }, 'The spread of projection "orders" is 0; give a whole number from 1 to 1000.'],
    ['too wide a spread', { spread: 1001 }, 'The spread of projection "orders" is 1001'],
  ])('is refused with %s', (_flaw, flawed, message) => {
    expect(() => defineProjection({ ...valid, ...flawed })).toThrow(message);
  });

  it('is refused when it listens to an event that is not defined', () => {
    const on: object = { OrderLost: () => undefined };

    expect(() => defineProjection({ ...valid, on })).toThrow('listens to "OrderLost", which its events do not define');
  });
});
