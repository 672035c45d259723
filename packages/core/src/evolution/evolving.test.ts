import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { validateEvent } from '../events.js';
import { evolving } from './evolving.js';

const schema = z.object({ name: z.string() });
const keep = (data: { name: string }) => data;

function refused(reason: string) {
  return expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(reason) });
}

describe('evolving', () => {
  test('makes a schema that checks what the given one checks', async () => {
    const Named = evolving(schema, { revision: 2, upcast: { 1: keep } });

    expect(await validateEvent({ Named }, { type: 'Named', data: { name: 'Ada', extra: 1 } })).toStrictEqual({
      type: 'Named',
      data: { name: 'Ada' },
      revision: 2,
    });
    await expect(validateEvent({ Named }, { type: 'Named', data: {} })).rejects.toMatchObject({
      code: 'INVALID_EVENT',
      problems: [{ path: 'name' }],
    });
  });

  test('keeps the definition from being changed', () => {
    const Named = evolving(schema, { revision: 2, upcast: { 1: keep } });

    expect([Named, Named['~evolution'], Named['~evolution'].upcast].map(Object.isFrozen)).toEqual([true, true, true]);
  });

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses revision %d', (revision) => {
    expect(() => evolving(schema, { revision, upcast: {} })).toThrow(
      refused(`The revision of an event is ${revision}; give a whole number from 1.`),
    );
  });

  test.each([
    [2, {}, 1],
    [4, { 1: keep, 3: keep }, 2],
    [3, { 1: keep }, 2],
  ])('refuses revision %d without an upcaster for each earlier one', (revision, upcast, missing) => {
    expect(() => evolving(schema, { revision, upcast: upcast as never })).toThrow(
      refused(`has no upcaster for revision ${missing}.`),
    );
  });

  test.each([
    ['2', 2],
    ['3', 2],
    ['0', 2],
    ['1.5', 2],
    ['01', 2],
    ['first', 2],
    ['1', 1],
  ])('refuses an upcaster for revision "%s" of an event of revision %d', (key, revision) => {
    const upcast = { ...(revision === 2 ? { 1: keep } : {}), [key]: keep };

    expect(() => evolving(schema, { revision, upcast: upcast as never })).toThrow(
      refused(`has an upcaster for revision ${key}, which`),
    );
  });

  test('refuses a schema that evolves already', () => {
    const Named = evolving(schema, { revision: 2, upcast: { 1: keep } });

    expect(() => evolving(Named, { revision: 1, upcast: {} })).toThrow(refused('evolves already'));
  });
});

describe('validateEvent', () => {
  const Paid = evolving(z.object({ cents: z.bigint() }), {
    revision: 1,
    codec: { encode: ({ cents }) => ({ cents: `${cents}` }), decode: ({ cents }) => ({ cents: BigInt(cents) }) },
  });

  test('encodes the data after it was checked, and leaves out revision 1', async () => {
    expect(await validateEvent({ Paid }, { type: 'Paid', data: { cents: 5n, more: 1 } })).toStrictEqual({
      type: 'Paid',
      data: { cents: '5' },
    });
    await expect(validateEvent({ Paid }, { type: 'Paid', data: { cents: '5' } })).rejects.toMatchObject({
      code: 'INVALID_EVENT',
      problems: [{ path: 'cents' }],
    });
  });

  test('refuses a revision other than that in which events are recorded now', async () => {
    const Named = evolving(schema, { revision: 2, upcast: { 1: keep } });
    const named = { type: 'Named', data: { name: 'Ada' } };

    expect(await validateEvent({ Named }, { ...named, revision: 2 })).toStrictEqual({ ...named, revision: 2 });
    await expect(validateEvent({ Named }, { ...named, revision: 1 })).rejects.toMatchObject({
      code: 'INVALID_EVENT',
      problems: [{ path: 'revision', reason: '1 is given, and events of this type are recorded in 2' }],
    });
  });
});
