import { defineEvents, type EventSchemas, evolving, type RecordedEvent, severalEvents } from '@everfold/core';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Publication, toAnnounce } from './publication.js';

const place = {
  id: '01JB.0',
  stream: 'order-1',
  version: 1,
  at: '2026-01-02T03:04:05.678Z',
  metadata: { correlationId: 'c', causationId: 'k' },
};
const recorded = (type: string, data: unknown, revision?: number): RecordedEvent => ({
  ...place,
  type,
  data,
  ...(revision === undefined ? {} : { revision }),
});

const events = defineEvents({
  OrderPlaced: z.object({ orderId: z.string() }),
  StockReserved: z.object({ sku: z.string() }),
  LineAdded: evolving(z.object({ sku: z.string(), on: z.date() }), {
    revision: 2,
    upcast: { 1: ({ product, on }: { product: string; on: string }) => ({ sku: product, on }) },
    codec: {
      encode: ({ sku, on }) => ({ sku, on: on.toISOString() }),
      decode: ({ sku, on }) => ({ sku, on: new Date(on) }),
    },
  }),
});
const decided = { OrderPlaced: true, StockReserved: false, LineAdded: true } as const;
const lineOf = (publication: Publication<typeof events>['LineAdded'], event: RecordedEvent) =>
  toAnnounce(events, { ...decided, LineAdded: publication })(event);

describe('what is published', () => {
  test('is every defined event as it is recorded, where nothing else is said', () => {
    const announce = toAnnounce(events);
    const line = recorded('LineAdded', { product: 'p', on: '2026-01-02T00:00:00.000Z' });

    expect(announce(line)).toEqual([{ event: line, recorded: true }]);
    expect(announce(recorded('SomethingElse', {}))).toEqual([]);
    expect(announce(recorded('$started', {}))).toEqual([]);
    expect(announce(recorded('toString', {}))).toEqual([]);
  });

  test('is what the mapping says, and no more', () => {
    const announce = toAnnounce(events, decided);

    expect(announce(recorded('OrderPlaced', { orderId: '1' }))).toHaveLength(1);
    expect(announce(recorded('StockReserved', { sku: 's' }))).toEqual([]);
  });

  test('may have another name, with the recorded data in its recorded form', () => {
    const line = recorded('LineAdded', { sku: 's', on: '2026-01-02T00:00:00.000Z' }, 2);

    expect(lineOf({ as: 'shop.LineAdded' }, line)).toEqual([
      { event: { ...line, type: 'shop.LineAdded' }, recorded: true },
    ]);
  });

  test('may be other data, made of the event as its definition reads it', () => {
    const line = recorded('LineAdded', { product: 'p', on: '2026-01-02T00:00:00.000Z' });
    const year = lineOf(
      { as: 'Line', data: ({ data, version }) => [data.sku, data.on.getUTCFullYear(), version] },
      line,
    );

    expect(year).toEqual([{ event: recorded('Line', ['p', 2026, 1]), recorded: false }]);
  });

  test('has the revision of the data that a mapping makes, and not the recorded one', () => {
    const line = recorded('LineAdded', { sku: 's', on: '2026-01-02T00:00:00.000Z' }, 2);

    expect(lineOf({ data: () => 1, revision: 3 }, line)[0]?.event).toEqual(recorded('LineAdded', 1, 3));
    expect(lineOf({ data: () => 1 }, line)[0]?.event).toEqual(recorded('LineAdded', 1));
  });

  test('is nothing where the mapping makes no data', () => {
    const line = recorded('LineAdded', { sku: 's', on: '2026-01-02T00:00:00.000Z' }, 2);

    expect(lineOf({ data: () => undefined }, line)).toEqual([]);
  });

  test('is never what JSON would change', () => {
    const line = recorded('LineAdded', { sku: 's', on: '2026-01-02T00:00:00.000Z' }, 2);

    expect(() => lineOf({ as: 'Line', data: ({ data }) => data }, line)).toThrow(
      expect.objectContaining({
        code: 'INVALID_EVENT',
        type: 'Line',
        problems: [expect.objectContaining({ path: 'on' })],
      }),
    );
  });

  test('goes, for events that another type is upcast to, by what is said of their own types', () => {
    const orders = defineEvents({
      ...events,
      OrderPaid: z.object({ cents: z.number() }),
      OrderMade: evolving(z.never(), {
        revision: 2,
        upcast: {
          1: ({ id }: { id: string }) =>
            severalEvents([
              { type: 'OrderPlaced', data: { orderId: id } },
              { type: 'LineAdded', revision: 2, data: { sku: 's', on: '2026-01-02T00:00:00.000Z' } },
              { type: 'StockReserved', data: { sku: 's' } },
              { type: 'OrderPaid', data: { cents: 5 } },
            ]),
        },
      }),
    });
    const announce = toAnnounce(orders, {
      ...decided,
      LineAdded: { as: 'Line' },
      OrderPaid: { data: ({ data }) => ({ euros: data.cents / 100 }) },
      OrderMade: { data: () => expect.unreachable() },
    });

    expect(announce(recorded('OrderMade', { id: '7' }))).toEqual([
      { event: { ...recorded('OrderPlaced', { orderId: '7' }), id: '01JB.0.0' }, recorded: false },
      {
        event: { ...recorded('Line', { sku: 's', on: '2026-01-02T00:00:00.000Z' }, 2), id: '01JB.0.1' },
        recorded: false,
      },
      { event: { ...recorded('OrderPaid', { euros: 0.05 }), id: '01JB.0.3' }, recorded: false },
    ]);
  });

  test('refuses an event that its definition cannot read, where a mapping wants it read', () => {
    expect(() => lineOf({ data: () => 1 }, recorded('LineAdded', {}, 9))).toThrow(
      expect.objectContaining({ code: 'NEWER_REVISION' }),
    );
  });
});

describe('a mapping', () => {
  const refused = (publication: Record<string, unknown>, schemas: EventSchemas = events) => {
    try {
      toAnnounce(schemas, publication as Publication<EventSchemas>);
      return undefined;
    } catch (error) {
      return error;
    }
  };

  test.each<[string, Record<string, unknown>]>([
    ['is not decided upon', { OrderPlaced: true, StockReserved: false }],
    ['is not among the events', { ...decided, OrderPlacd: true }],
    ['cannot be published as ""', { ...decided, LineAdded: { as: '' } }],
    ['cannot be published as "$line"', { ...decided, LineAdded: { as: '$line' } }],
    ['cannot be published as "xxx', { ...decided, LineAdded: { as: 'x'.repeat(129) } }],
    ['has revision 0', { ...decided, LineAdded: { data: () => 1, revision: 0 } }],
    ['has revision 2', { ...decided, LineAdded: { revision: 2 } }],
  ])('that %s is refused', (what, publication) => {
    expect(refused(publication)).toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(what) });
  });

  test('cannot be about an event of Everfold’s own', () => {
    expect(refused({ $started: true }, { $started: z.unknown() })).toMatchObject({
      message: expect.stringContaining('Everfold’s own'),
    });
  });

  test('may give a name of 128 characters', () => {
    expect(refused({ ...decided, LineAdded: { as: 'x'.repeat(128) } })).toBeUndefined();
  });
});
