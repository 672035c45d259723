import type { Json } from '@everfold/core';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { narrowings } from './compare-data.js';

const between = (before: z.ZodType, after: z.ZodType) => narrowings(jsonOf(before), jsonOf(after));
const jsonOf = (schema: z.ZodType): Json => JSON.parse(JSON.stringify(z.toJSONSchema(schema, { io: 'input' })));
const id = z.object({ id: z.string() });

describe('narrowings', () => {
  test.each<[string, z.ZodType, z.ZodType]>([
    ['the same', id, id],
    ['another description', id, id.describe('an id')],
    ['a new optional field', id, id.extend({ note: z.string().optional() })],
    ['a field that need not be there any more', id, z.object({ id: z.string().optional() })],
    ['a wider number', z.int(), z.number()],
    ['a wider bound', z.string().max(5), z.string().max(9)],
    ['no bound any more', z.number().min(3), z.number()],
    ['a further value', z.enum(['a', 'b']), z.enum(['a', 'b', 'c'])],
    ['null as well', z.string(), z.string().nullable()],
    ['a further form', id, z.union([id, z.string()])],
    ['forms in another order', z.union([id, z.string()]), z.union([z.string(), id])],
    ['no pattern any more', z.string().regex(/^a/), z.string()],
    ['elements that are wider', z.array(z.int()), z.array(z.number())],
    ['anything', id, z.any()],
    ['other fields of any kind', id, z.looseObject({})],
  ])('finds nothing in %s', (_what, before, after) => {
    expect(between(before, after)).toEqual([]);
  });

  test.each<[string, z.ZodType, z.ZodType, string]>([
    ['a new field', id, id.extend({ note: z.string() }), '"note" is required now'],
    ['a field dropped', id.extend({ note: z.string() }), id, '"note" is dropped'],
    [
      'a field deep inside',
      z.object({ a: z.array(id) }),
      z.object({ a: z.array(z.object({})) }),
      '"a[].id" is dropped',
    ],
    ['another type', z.string(), z.number(), 'its data was of type string and is number'],
    ['whole numbers only', z.number(), z.int(), 'its data was of type number and is integer'],
    ['a tighter bound', z.string().max(9), z.string().max(5), 'its data had maxLength 9 and has 5'],
    ['a bound where there was none', z.string(), z.string().min(2), 'its data had minLength of any size and has 2'],
    ['a value lost', z.enum(['a', 'b']), z.enum(['a']), 'its data cannot be "b" any more'],
    ['values where there were any', z.string(), z.enum(['a']), 'its data is restricted to ["a"]'],
    ['null no longer', z.string().nullable(), z.string(), 'its data was of type null and is string'],
    ['a pattern', z.string(), z.string().regex(/^a/), 'its data has another pattern'],
    ['other elements', z.array(z.string()), z.array(z.int()), '"[]" was of type string and is integer'],
    ['no other fields', id, z.strictObject({ id: z.string() }), '"*" has no form any more'],
    ['nothing at all', z.object({ a: id }), z.object({ a: z.never().optional() }), '"a"'],
  ])('finds %s', (_what, before, after, problem) => {
    expect(between(before, after).join('; ')).toContain(problem);
  });
});
