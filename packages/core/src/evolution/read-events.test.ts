import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineEvents, type NewEvent, type RecordedEvent } from '../events.js';
import { evolving } from './evolving.js';
import { type ReadPolicy, readEvents } from './read-events.js';

const events = defineEvents({
  Noted: z.object({ text: z.string() }),
  Placed: evolving(z.object({ orderId: z.string(), cents: z.number(), currency: z.string() }), {
    revision: 3,
    upcast: {
      1: ({ id, euros }: { id: string; euros: number }) => ({ orderId: id, cents: euros * 100 }),
      2: ({ orderId, cents }: { orderId: string; cents: number }) => ({ orderId, cents, currency: 'EUR' }),
    },
  }),
  Shipped: evolving(z.object({ at: z.date() }), {
    revision: 2,
    upcast: { 1: ({ day }: { day: string }) => ({ at: `${day}T00:00:00.000Z` }) },
    codec: { encode: ({ at }) => ({ at: at.toISOString() }), decode: ({ at }) => ({ at: new Date(at) }) },
  }),
});

const noted = { type: 'Noted', data: { text: 'ring twice' } };
const placed = { orderId: '7', cents: 1200, currency: 'EUR' };

function read(recorded: readonly NewEvent[], policy?: ReadPolicy) {
  return readEvents(events, recorded, 'order-7', policy);
}

describe('readEvents', () => {
  test('brings data of each revision to the form of today', () => {
    const recorded = [
      { type: 'Placed', data: { id: '7', euros: 12 } },
      { type: 'Placed', revision: 2, data: { orderId: '7', cents: 1200 } },
      { type: 'Placed', revision: 3, data: placed },
    ];

    expect(read(recorded)).toStrictEqual(recorded.map(() => ({ type: 'Placed', revision: 3, data: placed })));
  });

  test('decodes what a codec encoded, after upcasting it', () => {
    const shipped = { type: 'Shipped', revision: 2, data: { at: new Date('2026-01-02T00:00:00.000Z') } };

    expect(
      read([
        { type: 'Shipped', data: { day: '2026-01-02' } },
        { type: 'Shipped', revision: 2, data: { at: '2026-01-02T00:00:00.000Z' } },
      ]),
    ).toStrictEqual([shipped, shipped]);
  });

  test('keeps all else of an event, and its id', () => {
    const event: RecordedEvent = {
      id: '01JB.4',
      type: 'Placed',
      data: { id: '7', euros: 12 },
      stream: 'order-7',
      version: 9,
      at: '2026-01-02T03:04:05.000Z',
      metadata: { correlationId: 'c', causationId: 'k' },
    };

    expect(read([event])).toStrictEqual([{ ...event, revision: 3, data: placed }]);
  });

  test('hands out what needs neither as it is, without a copy', () => {
    const recorded = [noted, { type: 'Placed', revision: 3, data: placed }];

    expect(read(recorded)).toBe(recorded);
    expect(read(recorded, { unknownEvents: 'skip' })).toBe(recorded);
    expect(read([...recorded, { type: 'Placed', revision: 2, data: placed }, noted])).toStrictEqual([
      ...recorded,
      { type: 'Placed', revision: 3, data: placed },
      noted,
    ]);
    expect(read([...recorded, { type: '$deleted', data: {} }])[0]).toBe(noted);
  });

  test('leaves out the events of Everfold itself', () => {
    expect(read([{ type: '$started', data: {} }, noted, { type: '$deleted', data: {} }])).toEqual([noted]);
  });

  test.each(['Lost', 'toString', 'constructor', '__proto__'])('refuses the type "%s", which is not defined', (type) => {
    expect(() => read([noted, { type, data: {} }])).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_EVENT', stream: 'order-7', type }),
    );
    expect(read([noted, { type, data: {} }, noted], { unknownEvents: 'skip' })).toEqual([noted, noted]);
  });

  test.each<ReadPolicy>([{}, { unknownEvents: 'skip' }])('refuses a newer revision, with %j', (policy) => {
    expect(() => read([{ type: 'Placed', revision: 4, data: {} }], policy)).toThrow(
      expect.objectContaining({
        name: 'NewerRevisionError',
        code: 'NEWER_REVISION',
        retryable: false,
        stream: 'order-7',
        type: 'Placed',
        revision: 4,
        known: 3,
        message:
          'Stream "order-7" holds an event "Placed" of revision 4, and 3 is the newest that is defined here. Deploy the version that defines it.',
      }),
    );
    expect(() => read([{ ...noted, revision: 2 }], policy)).toThrow(
      expect.objectContaining({ code: 'NEWER_REVISION', type: 'Noted', known: 1 }),
    );
  });

  test.each([0, -1, 1.5, Number.NaN, '2'])('refuses %j for a revision', (revision) => {
    for (const { type, data } of [noted, { type: 'Placed', data: placed }]) {
      expect(() => read([{ type, revision: revision as number, data }])).toThrow(
        expect.objectContaining({ code: 'UNREADABLE_EVENT', revision, message: expect.stringContaining('from 1') }),
      );
    }
  });
});

describe('what is wanted', () => {
  const wanted = (type: string) => type === 'Placed';

  test('alone is read', () => {
    const recorded = [noted, { type: 'Placed', revision: 2, data: placed }, { type: 'Shipped', data: { day: '1' } }];

    expect(read(recorded, { wanted })).toStrictEqual([{ type: 'Placed', revision: 3, data: placed }]);
  });

  test('is not held up by a newer revision of something else', () => {
    expect(read([{ ...noted, revision: 2 }], { wanted })).toEqual([]);
    expect(() => read([{ type: 'Placed', revision: 4, data: {} }], { wanted })).toThrow('of revision 4');
  });
});

describe('an upcaster that fails', () => {
  function readWith(upcaster: (data: object) => never, revision?: number) {
    const schemas = {
      Made: evolving(z.object({}), { revision: 3, upcast: { 1: (data: object) => data, 2: upcaster } }),
    };
    return () => readEvents(schemas, [{ type: 'Made', data: {}, ...(revision ? { revision } : {}) }], 's-1');
  }

  test('is told with the event it failed on', () => {
    const cause = new TypeError('no lines');
    const failing = readWith(() => {
      throw cause;
    }, 2);

    expect(failing).toThrow(
      expect.objectContaining({
        name: 'UnreadableEventError',
        code: 'UNREADABLE_EVENT',
        retryable: false,
        stream: 's-1',
        type: 'Made',
        revision: 2,
        problems: [{ path: '', reason: 'its upcaster for revision 2 threw TypeError: no lines' }],
        cause,
      }),
    );
  });

  test.each([
    ['nothing', undefined],
    ['a promise', Promise.resolve({})],
  ])('is told when it returned %s', (what, returned) => {
    expect(readWith(() => returned as never)).toThrow(`its upcaster for revision 2 returned ${what}`);
  });

  test('is told when it is the codec', () => {
    const cause = new SyntaxError('Cannot convert');
    const codec = {
      encode: (data: bigint) => `${data}`,
      decode: (): bigint => {
        throw cause;
      },
    };
    const schemas = { Paid: evolving(z.bigint(), { revision: 1, codec }) };

    expect(() => readEvents(schemas, [{ type: 'Paid', data: 'five' }], 's-1')).toThrow(
      expect.objectContaining({
        code: 'UNREADABLE_EVENT',
        revision: 1,
        problems: [{ path: '', reason: 'its codec threw SyntaxError: Cannot convert' }],
        cause,
      }),
    );
  });
});
