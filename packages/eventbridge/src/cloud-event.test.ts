import { defineEvents, evolving, type Json, type RecordedEvent } from '@everfold/core';
import { CloudEvent, HTTP } from 'cloudevents';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { fromCloudEvent, toCloudEvent } from './cloud-event.js';

const events = defineEvents({
  OrderPlaced: z.unknown(),
  OrderPaid: evolving(z.unknown(), { revision: 1, upcast: {} }),
});
const source = 'https://shop.example/orders';

const placed: RecordedEvent = {
  id: '01JB.0',
  type: 'OrderPlaced',
  data: { orderId: 'o-1', note: 'für Zoë' },
  stream: 'order-o-1',
  version: 4,
  at: '2026-01-02T03:04:05.678Z',
  metadata: {
    correlationId: 'request-1',
    causationId: 'command-1',
    actor: 'ann',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    tracestate: 'a=b',
    tenant: { id: 7 },
  },
};

const written = {
  specversion: '1.0',
  id: '01JB.0',
  source,
  type: 'OrderPlaced',
  subject: 'order-o-1',
  time: '2026-01-02T03:04:05.678Z',
  datacontenttype: 'application/json',
  data: { orderId: 'o-1', note: 'für Zoë' },
  streamversion: 4,
  correlationid: 'request-1',
  causationid: 'command-1',
  actor: 'ann',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  tracestate: 'a=b',
  metadata: '{"tenant":{"id":7}}',
};

/** By way of the SDK of CloudEvents, which validates, and its structured HTTP message. */
function throughSdk(event: RecordedEvent): unknown {
  const message = HTTP.structured(new CloudEvent(toCloudEvent(event, { source }), true));
  expect(message.headers['content-type']).toMatch('application/cloudevents+json');
  return message.body;
}

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((each) => !/[\p{Cc}]/u.test(each));
const json = fc
  .jsonValue({ noUnicodeString: false, maxDepth: 3 })
  .map((value): Json => JSON.parse(JSON.stringify(value)));
const fields = fc.dictionary(
  fc.string({ maxLength: 8 }).filter((key) => key !== '__proto__'),
  json,
  { maxKeys: 4 },
);
const anyEvent = fc
  .record({
    id: text,
    stream: text,
    data: json,
    version: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    at: fc
      .date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
      .map((date) => date.toISOString()),
    metadata: fc
      .record({
        named: fc.record({ correlationId: fc.string(), causationId: fc.string({ unit: 'binary' }) }),
        others: fields,
      })
      .map(({ named, others }) => ({ ...others, ...named })),
  })
  .map((event): RecordedEvent => ({ type: 'OrderPlaced', ...event }));

describe('toCloudEvent', () => {
  test('writes the event, whole, in attributes of CloudEvents 1.0', () => {
    expect(toCloudEvent(placed, { source })).toEqual(written);
  });

  test('writes a later form with its revision, and nothing that is not there', () => {
    const event = { ...placed, revision: 2, metadata: { correlationId: 'c', causationId: 'k' } };

    const { actor: _a, traceparent: _p, tracestate: _s, metadata: _m, ...rest } = written;
    expect(toCloudEvent(event, { source })).toEqual({ ...rest, revision: 2, correlationid: 'c', causationid: 'k' });
  });

  test('puts metadata that no attribute may hold into JSON text', () => {
    const metadata = { correlationId: '', causationId: 'a\nb', actor: 'ann', noncharacter: '\uFFFF\u{1FFFE}' };
    const cloud = toCloudEvent({ ...placed, metadata }, { source });

    expect(cloud.actor).toBe('ann');
    expect(cloud).not.toHaveProperty('correlationid');
    expect(cloud.metadata).toBe('{"correlationId":"","causationId":"a\\nb","noncharacter":"\\uffff\\ud83f\\udffe"}');
    expect(JSON.parse(cloud.metadata ?? '')).toEqual({
      correlationId: '',
      causationId: 'a\nb',
      noncharacter: '\uFFFF\u{1FFFE}',
    });
  });

  test.each([
    '/orders',
    'shop.orders',
    'urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66',
    'https://shop.example/%C3%A4?a=b#c',
  ])('takes the source %s, and so does the SDK', (uri) => {
    expect(new CloudEvent(toCloudEvent(placed, { source: uri })).source).toBe(uri);
  });

  test.each(['', 'shop orders', 'https://shop.example/ä', '/%zz', '/<>'])('refuses the source %j', (uri) => {
    expect(() => toCloudEvent(placed, { source: uri })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });

  test.each([
    ['an id', { id: '' }],
    ['a type', { type: 'a\u0000' }],
    ['a stream', { stream: 'order-\uD800' }],
    ['a version', { version: 2 ** 31 }],
    ['a revision', { revision: 2 ** 31 }],
  ])('refuses %s that CloudEvents cannot carry', (_what, wrong) => {
    expect(() => toCloudEvent({ ...placed, ...wrong }, { source })).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });

  test('refuses data and metadata that JSON would change', () => {
    const odd = { ...placed, data: { on: new Date(0) } };
    const nan = { ...placed, metadata: { ...placed.metadata, share: Number.NaN } };

    for (const event of [odd, nan]) {
      expect(() => toCloudEvent(event, { source })).toThrow(expect.objectContaining({ code: 'INVALID_EVENT' }));
    }
  });
});

describe('fromCloudEvent', () => {
  test('reads what toCloudEvent wrote, as text or as an object', async () => {
    expect(await fromCloudEvent(events, written)).toEqual([placed]);
    expect(await fromCloudEvent(events, JSON.stringify(written))).toEqual([placed]);
  });

  test('reads what went through the SDK of CloudEvents', async () => {
    expect(await fromCloudEvent(events, throughSdk(placed))).toEqual([placed]);
    expect(
      HTTP.toEvent({ headers: { 'content-type': 'application/cloudevents+json' }, body: JSON.stringify(written) }),
    ).toMatchObject(written);
  });

  test('gives back every event, by way of the SDK', async () => {
    await fc.assert(
      fc.asyncProperty(anyEvent, async (event) => {
        expect(await fromCloudEvent(events, throughSdk(event))).toEqual([event]);
      }),
      { numRuns: 200 },
    );
  });

  test('upcasts, decodes and checks', async () => {
    const later = {
      OrderPlaced: evolving(z.object({ order: z.string() }), {
        revision: 2,
        upcast: { 1: ({ orderId }: { orderId: string }) => ({ order: orderId }) },
      }),
    };

    expect(await fromCloudEvent(later, written)).toEqual([{ ...placed, revision: 2, data: { order: 'o-1' } }]);
    expect(await fromCloudEvent(later, { ...written, revision: 2, data: { order: 'x' } })).toMatchObject([
      { data: { order: 'x' } },
    ]);
    await expect(fromCloudEvent(later, { ...written, data: {} })).rejects.toMatchObject({ code: 'INVALID_EVENT' });
    await expect(fromCloudEvent(later, { ...written, revision: 3 })).rejects.toMatchObject({ code: 'NEWER_REVISION' });
    await expect(fromCloudEvent(events, { ...written, type: 'OrderMade' })).rejects.toMatchObject({
      code: 'UNKNOWN_EVENT',
    });
  });

  test('takes null for absent, but for data, and passes over what it does not know', async () => {
    const { actor: _, ...metadata } = placed.metadata;
    const cloud = { ...written, actor: null, revision: null, dataschema: null, partitionkey: 'p', data: null };

    expect(await fromCloudEvent(events, cloud)).toEqual([{ ...placed, data: null, metadata }]);
  });

  test.each(['application/json; charset=utf-8', 'application/vnd.shop+json', 'text/JSON', undefined])(
    'takes the content type %s',
    async (datacontenttype) => {
      expect(await fromCloudEvent(events, { ...written, datacontenttype })).toEqual([placed]);
    },
  );

  test.each<[string, unknown]>([
    ['it is not a JSON object', 'null'],
    ['it is not a JSON object', '[]'],
    ['it is not a JSON object', 7],
    ['its JSON cannot be read', '{'],
    ['its "specversion" is not a text', { ...written, specversion: undefined }],
    ['its specversion is 0.3, not 1.0', { ...written, specversion: '0.3' }],
    ['its "source" is not a text', { ...written, source: '' }],
    ['its "id" is not a text', { ...written, id: 1 }],
    ['its "type" is not a text', { ...written, type: null }],
    ['its "subject" is not a text', { ...written, subject: undefined }],
    ['its "time" is not a text', { ...written, time: undefined }],
    ['its "streamversion" is not a whole number', { ...written, streamversion: '4' }],
    ['its "streamversion" is not a whole number', { ...written, streamversion: 0 }],
    ['its "revision" is not a whole number', { ...written, revision: 'two' }],
    ['its datacontenttype is "text/xml", not JSON', { ...written, datacontenttype: 'text/xml' }],
    ['it has no "data"', { ...written, data: undefined, data_base64: 'AAAA' }],
    ['it has no "correlationid"', { ...written, correlationid: undefined }],
    ['it has no "correlationid" or no "causationid"', { ...written, causationid: null }],
    ['its "actor" is not a text', { ...written, actor: 7 }],
    ['its "metadata" is not a text', { ...written, metadata: {} }],
    ['its JSON cannot be read', { ...written, metadata: '{' }],
  ])('refuses it when %s: %j', async (reason, cloud) => {
    await expect(fromCloudEvent(events, cloud)).rejects.toThrow(
      expect.objectContaining({
        code: 'INVALID_CLOUD_EVENT',
        retryable: false,
        message: expect.stringContaining(reason),
      }),
    );
  });
});
