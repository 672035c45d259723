import {
  defineEvents,
  type EventStore,
  evolving,
  InMemoryEventStore,
  type RecordedEvent,
  severalEvents,
  startOf,
} from '@everfold/core';
import type { EventBridgeEvent } from 'aws-lambda';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { fromDelivery, toEntry } from './envelope.js';

const events = defineEvents({ OrderPlaced: z.object({ orderId: z.string(), note: z.string().default('none') }) });

const placed: RecordedEvent = {
  id: '01JB.0',
  type: 'OrderPlaced',
  data: { orderId: 'o-1', note: 'für Zoë' },
  stream: 'order-o-1',
  version: 4,
  at: '2026-01-02T03:04:05.678Z',
  metadata: { correlationId: 'request-1', causationId: 'command-1', actor: 'ann' },
};

function deliveryOf(detail: unknown, type = 'OrderPlaced'): EventBridgeEvent<string, unknown> {
  return {
    version: '0',
    id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
    account: '123456789012',
    time: '2026-01-02T03:04:05Z',
    region: 'eu-central-1',
    resources: [],
    source: 'shop.orders',
    'detail-type': type,
    detail,
  };
}

const detail = {
  id: '01JB.0',
  stream: 'order-o-1',
  category: 'order',
  version: 4,
  at: '2026-01-02T03:04:05.678Z',
  data: { orderId: 'o-1', note: 'für Zoë' },
  metadata: { correlationId: 'request-1', causationId: 'command-1', actor: 'ann' },
};

describe('toEntry', () => {
  test('puts the event, whole, into the detail', () => {
    expect(toEntry(placed, { busName: 'shop', source: 'shop.orders' })).toEqual({
      EventBusName: 'shop',
      Source: 'shop.orders',
      DetailType: 'OrderPlaced',
      Time: new Date('2026-01-02T03:04:05.678Z'),
      Detail:
        '{"id":"01JB.0","stream":"order-o-1","category":"order","version":4,"at":"2026-01-02T03:04:05.678Z",' +
        '"data":{"orderId":"o-1","note":"für Zoë"},' +
        '"metadata":{"correlationId":"request-1","causationId":"command-1","actor":"ann"}}',
    });
  });

  test('comes back as it was', async () => {
    const { Detail = '', DetailType } = toEntry(placed, { busName: 'shop', source: 'shop.orders' });

    expect(await fromDelivery(events, deliveryOf(JSON.parse(Detail), DetailType))).toEqual([placed]);
  });
});

describe('an event that evolves', () => {
  const OrderPlaced = evolving(z.object({ orderId: z.string(), on: z.date() }), {
    revision: 3,
    upcast: {
      1: ({ ids }: { ids: string[] }) =>
        severalEvents(ids.map((id) => ({ type: 'OrderPlaced', revision: 2, data: { orderId: id } }))),
      2: ({ orderId }: { orderId: string }) => ({ orderId, on: '2026-01-02' }),
    },
    codec: {
      encode: ({ orderId, on }) => ({ orderId, on: on.toISOString() }),
      decode: ({ orderId, on }) => ({ orderId, on: new Date(on) }),
    },
  });
  const { data: _data, ...rest } = placed;
  const dataOf = (orderId: string) => ({ orderId, on: new Date('2026-01-02') });

  test('travels as it is recorded, with its revision', () => {
    const recorded = { ...rest, revision: 2, data: { orderId: 'o-1' } };
    const { Detail = '' } = toEntry(recorded, { busName: 'shop', source: 'shop.orders' });

    expect(JSON.parse(Detail)).toMatchObject({ revision: 2, data: { orderId: 'o-1' } });
  });

  test('is upcast, decoded and checked by whom it reaches', async () => {
    const delivery = deliveryOf({ ...detail, revision: 2, data: { orderId: 'o-1' } });

    expect(await fromDelivery({ OrderPlaced }, delivery)).toEqual([{ ...rest, revision: 3, data: dataOf('o-1') }]);
    await expect(
      fromDelivery({ OrderPlaced }, deliveryOf({ ...detail, revision: 3, data: { orderId: 'o-1', on: 'never' } })),
    ).rejects.toThrow(
      expect.objectContaining({ code: 'INVALID_EVENT', problems: [expect.objectContaining({ path: 'on' })] }),
    );
  });

  test('may be several, each with an id of its own', async () => {
    const delivery = deliveryOf({ ...detail, data: { ids: ['o-1', 'o-2'] } });

    expect(await fromDelivery({ OrderPlaced }, delivery)).toEqual([
      { ...rest, id: '01JB.0.0', revision: 3, data: dataOf('o-1') },
      { ...rest, id: '01JB.0.1', revision: 3, data: dataOf('o-2') },
    ]);
  });

  test('is refused when it is newer than its definition', async () => {
    await expect(fromDelivery({ OrderPlaced }, deliveryOf({ ...detail, revision: 4 }))).rejects.toThrow(
      expect.objectContaining({ code: 'NEWER_REVISION', stream: 'order-o-1', revision: 4, known: 3 }),
    );
  });
});

describe('fromDelivery', () => {
  test('reads the recorded event out of the detail', async () => {
    expect(await fromDelivery(events, deliveryOf(detail))).toEqual([placed]);
  });

  test('gives the data as its schema outputs it', async () => {
    const [event] = await fromDelivery(events, deliveryOf({ ...detail, data: { orderId: 'o-1', unknown: 1 } }));

    expect(event?.data).toEqual({ orderId: 'o-1', note: 'none' });
  });

  test('refuses data that fails the schema', async () => {
    await expect(fromDelivery(events, deliveryOf({ ...detail, data: { orderId: 1 } }))).rejects.toThrow(
      expect.objectContaining({
        code: 'INVALID_EVENT',
        type: 'OrderPlaced',
        problems: [expect.objectContaining({ path: 'orderId' })],
      }),
    );
  });

  test('refuses a type that is not defined', async () => {
    await expect(fromDelivery(events, deliveryOf(detail, 'OrderMade'))).rejects.toThrow(
      expect.objectContaining({ code: 'UNKNOWN_EVENT', stream: 'order-o-1', type: 'OrderMade' }),
    );
  });

  test.each([
    ['a text', 'hello', 'its detail is not an object'],
    ['null', null, 'its detail is not an object'],
    ['without an id', { ...detail, id: undefined }, 'its detail has no string "id"'],
    ['with an id that is a number', { ...detail, id: 1 }, 'its detail has no string "id"'],
    ['without a stream', { ...detail, stream: undefined }, 'its detail has no string "stream"'],
    ['without a time', { ...detail, at: undefined }, 'its detail has no string "at"'],
    ['without a version', { ...detail, version: undefined }, 'its detail has no whole number "version"'],
    ['with a version that is a text', { ...detail, version: '4' }, 'its detail has no whole number "version"'],
    ['with half a version', { ...detail, version: 4.5 }, 'its detail has no whole number "version"'],
    ['without metadata', { ...detail, metadata: undefined }, 'its detail has no "metadata" with a correlation id'],
    ['with null for metadata', { ...detail, metadata: null }, 'its detail has no "metadata" with a correlation id'],
    ['without a correlation id', { ...detail, metadata: {} }, 'its detail has no "metadata" with a correlation id'],
  ])('refuses a detail that is not of Everfold: %s', async (_what, foreign, reason) => {
    await expect(fromDelivery(events, deliveryOf(foreign))).rejects.toThrow(
      expect.objectContaining({
        name: 'InvalidEnvelopeError',
        code: 'INVALID_ENVELOPE',
        retryable: false,
        type: 'OrderPlaced',
        message: `A delivery of "OrderPlaced" is not an event of Everfold: ${reason}. Narrow the rule's pattern to the source that publishes them.`,
      }),
    );
  });
});

describe('a reference', () => {
  const { data: _data, ...reference } = { ...detail, reference: true };
  const correlation = { correlationId: 'request-1', causationId: 'command-1', actor: 'ann' };
  const store = new InMemoryEventStore({
    ids: () => '01JB',
    clock: { now: () => Date.parse(detail.at), sleep: async () => {} },
  });
  const reads: unknown[] = [];
  const eventStore: Pick<EventStore, 'read'> = {
    read: (stream, range) => {
      reads.push([stream, range]);
      return store.read(stream, range);
    },
  };
  const orders = ['o-1', 'o-2', 'o-3'].map((orderId) => ({ type: 'OrderMade', data: { orderId, note: 'long' } }));
  beforeAll(() => store.append({ after: startOf('order-o-1'), events: orders, metadata: correlation }));

  test('is the event of the store, under its public name', async () => {
    const delivery = deliveryOf({ ...reference, id: '01JB.1', version: 2 });

    expect(await fromDelivery(events, delivery, { eventStore })).toEqual([
      { ...placed, id: '01JB.1', version: 2, data: { orderId: 'o-2', note: 'long' } },
    ]);
    expect(reads).toEqual([['order-o-1', { upTo: 2, backward: true, limit: 1 }]]);
  });

  test('is upcast, decoded and checked like any other event', async () => {
    const delivery = deliveryOf({ ...reference, id: '01JB.0', version: 1 });
    const strict = defineEvents({ OrderPlaced: z.object({ orderId: z.number() }) });
    const upcast = { 1: ({ orderId }: { orderId: string }) => ({ order: orderId }) };
    const later = { OrderPlaced: evolving(z.object({ order: z.string() }), { revision: 2, upcast }) };

    await expect(fromDelivery(strict, delivery, { eventStore })).rejects.toMatchObject({ code: 'INVALID_EVENT' });
    expect(await fromDelivery(later, delivery, { eventStore })).toMatchObject([
      { data: { order: 'o-1' }, revision: 2 },
    ]);
  });

  test('without a store to read it from names the remedy', async () => {
    await expect(fromDelivery(events, deliveryOf(reference))).rejects.toThrow(
      expect.objectContaining({
        name: 'UnresolvedReferenceError',
        code: 'UNRESOLVED_REFERENCE',
        retryable: false,
        eventId: '01JB.0',
        type: 'OrderPlaced',
        stream: 'order-o-1',
        version: 4,
        message: expect.stringContaining('Give the handler the publisher’s "eventStore"'),
      }),
    );
  });

  test.each([
    ['is not in the store', { stream: 'order-o-9' }],
    ['is another one in the store', { id: '01JC.0', version: 1 }],
    ['is of another version in the store', { id: '01JB.0', stream: 'order-o-9', version: 1 }],
  ])('to an event that %s is refused', async (_what, other) => {
    const delivery = deliveryOf({ ...reference, ...other });

    await expect(fromDelivery(events, delivery, { eventStore })).rejects.toMatchObject({
      code: 'UNRESOLVED_REFERENCE',
      message: expect.stringContaining('the event store that was given does not have it'),
    });
  });
});
