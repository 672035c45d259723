import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineEvents, type NewEvent, type RecordedEvent } from '../events.js';
import { evolving } from './evolving.js';
import { readEvents } from './read-events.js';
import { severalEvents } from './several-events.js';

interface Made {
  readonly order: string;
  readonly paid?: number;
}

const events = defineEvents({
  /** Retired: what it said, two other types say. */
  Made: evolving(z.never(), {
    revision: 2,
    upcast: {
      1: ({ order, paid }: Made) =>
        severalEvents([
          { type: 'Placed', data: order },
          ...(paid === undefined ? [] : [{ type: 'Paid', revision: 2, data: { cents: `${paid}` } }]),
        ]),
    },
  }),
  Placed: evolving(z.object({ orderId: z.string() }), {
    revision: 2,
    upcast: { 1: (data: string) => ({ orderId: data }) },
  }),
  Paid: evolving(z.object({ cents: z.bigint() }), {
    revision: 2,
    upcast: {
      1: (all: readonly number[]) =>
        severalEvents(all.map((cents) => ({ type: 'Paid', revision: 2, data: { cents: `${cents}` } }))),
    },
    codec: { encode: ({ cents }) => ({ cents: `${cents}` }), decode: ({ cents }) => ({ cents: BigInt(cents) }) },
  }),
  Listed: evolving(z.array(z.string()), { revision: 2, upcast: { 1: (data: string) => [data] } }),
});

function recorded(type: string, data: unknown): RecordedEvent {
  const metadata = { correlationId: 'c', causationId: 'k' };
  return { id: '01JB.3', type, data, stream: 'order-7', version: 9, at: '2026-01-02T03:04:05.000Z', metadata };
}

const read = <TEvent extends NewEvent>(event: TEvent) => readEvents(events, [event], 'order-7');

describe('severalEvents', () => {
  test('puts events in the place of one, each upcast and decoded further', () => {
    expect(read({ type: 'Made', data: { order: '7', paid: 5 } })).toStrictEqual([
      { type: 'Placed', revision: 2, data: { orderId: '7' } },
      { type: 'Paid', revision: 2, data: { cents: 5n } },
    ]);
  });

  test('gives each an id of its own, and leaves the rest as it was', () => {
    const made = recorded('Made', { order: '7', paid: 5 });

    expect(read(made)).toStrictEqual([
      { ...made, id: '01JB.3.0', type: 'Placed', revision: 2, data: { orderId: '7' } },
      { ...made, id: '01JB.3.1', type: 'Paid', revision: 2, data: { cents: 5n } },
    ]);
  });

  test('keeps the id where there is one', () => {
    expect(read(recorded('Made', { order: '7' }))).toMatchObject([{ id: '01JB.3', type: 'Placed', version: 9 }]);
  });

  test('says nothing of revision 1, unless the event that it came from had another', () => {
    const split = {
      revision: 3,
      upcast: { 1: (data: object) => data, 2: (_: object) => severalEvents([{ type: 'Noted', data: 'a' }]) },
    };
    const schemas = { Noted: z.string(), Split: evolving(z.never(), split) };
    const recordedEarlier = (form: object) => readEvents(schemas, [{ type: 'Split', data: {}, ...form }], 'order-7');

    expect(recordedEarlier({})).toStrictEqual([{ type: 'Noted', data: 'a' }]);
    expect(recordedEarlier({ revision: 2 })).toStrictEqual([{ type: 'Noted', revision: 1, data: 'a' }]);
  });

  test('may give none', () => {
    expect(read(recorded('Paid', []))).toEqual([]);
  });

  test('counts parts of parts below them', () => {
    const schemas = {
      ...events,
      Settled: evolving(z.never(), {
        revision: 2,
        upcast: {
          1: (cents: number[]) =>
            severalEvents([
              { type: 'Paid', data: cents },
              { type: 'Placed', data: '7' },
            ]),
        },
      }),
    };

    const parts = readEvents(schemas, [recorded('Settled', [5, 6])], 'order-7');

    expect(parts.map(({ id, type }) => [id, type])).toEqual([
      ['01JB.3.0.0', 'Paid'],
      ['01JB.3.0.1', 'Paid'],
      ['01JB.3.1', 'Placed'],
    ]);
  });

  test('is told from data that is a list', () => {
    expect(read({ type: 'Listed', data: 'a' })).toStrictEqual([{ type: 'Listed', revision: 2, data: ['a'] }]);
  });

  test('refuses parts that are not defined, or are newer than defined', () => {
    const partsOf = (part: NewEvent) => {
      const Split = evolving(z.never(), { revision: 2, upcast: { 1: (_: object) => severalEvents([part]) } });
      return () => readEvents({ ...events, Split }, [recorded('Split', {})], 'order-7');
    };

    expect(partsOf({ type: 'Lost', data: {} })).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_EVENT', type: 'Lost' }),
    );
    expect(partsOf({ type: 'Placed', revision: 3, data: {} })).toThrow(
      expect.objectContaining({ code: 'NEWER_REVISION', type: 'Placed', revision: 3, known: 2 }),
    );
  });

  test('refuses an event that is made of itself, be it by way of another', () => {
    const again = {
      revision: 3,
      upcast: { 1: (data: object) => data, 2: (_: object) => severalEvents([{ type: 'Pong', data: {} }]) },
    };
    const schemas = {
      Ping: evolving(z.never(), again),
      Pong: evolving(z.never(), {
        revision: 2,
        upcast: { 1: (_: object) => severalEvents([{ type: 'Ping', data: {} }]) },
      }),
    };

    expect(() => readEvents(schemas, [recorded('Ping', {})], 'order-7')).toThrow(
      expect.objectContaining({
        code: 'UNREADABLE_EVENT',
        problems: [{ path: '', reason: 'its upcasters make "Ping" of revision 2 of itself' }],
      }),
    );
  });
});
