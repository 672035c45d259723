import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { checkEvent, defineEvents, type NewEvent, validateEvent } from '../events.js';
import { evolving } from './evolving.js';
import { readEvents } from './read-events.js';
import { severalEvents } from './several-events.js';
import { validateReads } from './validate-reads.js';

const events = defineEvents({
  Noted: z.object({ text: z.string() }),
  Shipped: evolving(z.object({ at: z.date() }), {
    revision: 2,
    upcast: { 1: ({ day }: { day: string }) => ({ at: `${day}T00:00:00.000Z` }) },
    codec: { encode: ({ at }) => ({ at: at.toISOString() }), decode: ({ at }) => ({ at: new Date(at) }) },
  }),
  Made: evolving(z.never(), {
    revision: 2,
    upcast: { 1: ({ text }: { text: string }) => severalEvents([{ type: 'Noted', data: { text } }]) },
  }),
});
const validated = validateReads(events);

const read = (...recorded: NewEvent[]) => readEvents(validated, recorded, 'order-7');

describe('validateReads', () => {
  test('refuses data that fails its schema, and says where', () => {
    const wrong = { type: 'Noted', data: { text: 5 } };

    expect(readEvents(events, [wrong], 'order-7')).toEqual([wrong]);
    expect(() => read({ type: 'Noted', data: { text: 'a' } }, wrong)).toThrow(
      expect.objectContaining({
        code: 'UNREADABLE_EVENT',
        stream: 'order-7',
        type: 'Noted',
        revision: 1,
        problems: [{ path: 'text', reason: expect.stringContaining('expected string') }],
      }),
    );
  });

  test('checks what was upcast and decoded', () => {
    expect(() => read({ type: 'Shipped', data: { day: 'some day' } })).toThrow(
      expect.objectContaining({ code: 'UNREADABLE_EVENT', problems: [expect.objectContaining({ path: 'at' })] }),
    );
    expect(() => read({ type: 'Made', data: { text: 5 } })).toThrow(
      expect.objectContaining({
        code: 'UNREADABLE_EVENT',
        type: 'Noted',
        problems: [{ path: 'text', reason: expect.any(String) }],
      }),
    );
    expect(read({ type: 'Shipped', data: { day: '2026-01-02' } })).toStrictEqual([
      { type: 'Shipped', revision: 2, data: { at: new Date('2026-01-02T00:00:00.000Z') } },
    ]);
  });

  test('only checks: what the schema makes of the data is not used, and nothing is copied', () => {
    const recorded = [{ type: 'Noted', data: { text: 'a', more: 1 } }];

    expect(readEvents(validated, recorded, 'order-7')).toBe(recorded);
  });

  test('refuses a newer revision, and one that is none, of a type whose form never changed', () => {
    expect(() => read({ type: 'Noted', revision: 2, data: {} })).toThrow(
      expect.objectContaining({ code: 'NEWER_REVISION', known: 1 }),
    );
    expect(() => read({ type: 'Noted', revision: 0, data: {} })).toThrow(
      expect.objectContaining({ code: 'UNREADABLE_EVENT', revision: 0 }),
    );
  });

  test('refuses a schema that does not answer at once', () => {
    const validate = () => Promise.reject(new Error('nobody waits for this'));
    const Checked = { '~standard': { version: 1, vendor: 'test', validate } } as const;

    expect(() => readEvents(validateReads({ Checked }), [{ type: 'Checked', data: 'a' }], 's-1')).toThrow(
      expect.objectContaining({
        code: 'INVALID_ARGUMENT',
        message: expect.stringContaining('The schema of "Checked" takes its time'),
      }),
    );
  });

  test('leaves what is written as it was', async () => {
    const shipped = { type: 'Shipped', data: { at: new Date('2026-01-02T00:00:00.000Z') } };

    expect(await validateEvent(validated, shipped)).toEqual(await validateEvent(events, shipped));
    expect(await validateEvent(validated, { type: 'Noted', data: { text: 'a', more: 1 } })).toStrictEqual({
      type: 'Noted',
      data: { text: 'a' },
    });
    await expect(checkEvent(validated, { type: 'Noted', data: {} })).rejects.toMatchObject({ code: 'INVALID_EVENT' });
  });

  test('keeps the definition from being changed', () => {
    expect([validated, validated.Noted, validated.Noted['~evolution']].map(Object.isFrozen)).toEqual([
      true,
      true,
      true,
    ]);
  });
});
