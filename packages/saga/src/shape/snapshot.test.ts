import { describe, expect, test } from 'vitest';
import { purchase } from '../diagrams/purchase.test.fixture.js';
import type { AnySaga } from '../saga.js';
import { withEarlier } from '../versions.js';
import { shapeOf } from './shape.js';
import { checkShape } from './snapshot.js';

const { text } = checkShape(purchase, undefined);
const broken: AnySaga = { ...purchase, steps: purchase.steps.filter(({ name }) => name !== 'notify') };

describe('shapeOf', () => {
  test('says of a saga that has everything what it said before', async () => {
    await expect(text).toMatchFileSnapshot('shape.test.golden.txt');
  });

  test('is the same in whatever order the events are given', () => {
    const events = Object.fromEntries(Object.entries(purchase.events).reverse());

    expect(JSON.stringify(shapeOf({ ...purchase, events }))).toBe(JSON.stringify(shapeOf(purchase)));
  });

  test('takes the form of data from whoever knows it', () => {
    const { events } = shapeOf(purchase, { schemaOf: (_schema, type) => ({ title: type, const: 1 }) });

    expect(JSON.stringify(events.OrderApproved)).toBe('{"revision":1,"data":{"const":1,"title":"OrderApproved"}}');
  });
});

describe('checkShape', () => {
  test('is content with what was written', () => {
    expect(checkShape(purchase, text)).toEqual({ problems: [], changes: [], isCurrent: true, text });
  });

  test('has a problem with a breaking change', () => {
    const { problems, isCurrent } = checkShape(broken, text);

    expect(isCurrent).toBe(false);
    expect(problems).toEqual([expect.stringContaining('Step "notify" is removed or renamed')]);
  });

  test('has none when the version is raised', () => {
    expect(checkShape({ ...broken, version: 3 }, text)).toMatchObject({ problems: [], isCurrent: false });
  });

  test('keeps the shape of an earlier version as long as it is gone on with', () => {
    const both = withEarlier({ ...broken, version: 3 }, purchase);

    const update = checkShape(both, text);
    expect(update.problems).toEqual([]);
    expect(Object.keys(JSON.parse(update.text).versions)).toEqual(['2', '3']);
    expect(checkShape(both, update.text)).toMatchObject({ problems: [], isCurrent: true });
    expect(Object.keys(JSON.parse(checkShape({ ...broken, version: 3 }, update.text).text).versions)).toEqual(['3']);
  });

  test('has a problem with an earlier version that is not what runs began under', () => {
    const { problems } = checkShape(withEarlier({ ...purchase, version: 3 }, broken), text);

    expect(problems).toEqual([expect.stringContaining('Step "notify" is removed or renamed')]);
  });

  test('has a problem with an earlier version that was never written down', () => {
    const newest = checkShape({ ...purchase, version: 3 }, undefined).text;

    expect(checkShape(withEarlier({ ...purchase, version: 3 }, purchase), newest).problems).toEqual([
      expect.stringContaining('Version 2 is gone on with by withEarlier, and its shape is not in the snapshot'),
    ]);
  });

  test('has a problem with a version that goes back', () => {
    expect(checkShape({ ...purchase, version: 1 }, text).problems).toEqual([
      'Its version is 1, and was 2 before. Versions only go up.',
    ]);
  });

  test('tells of changes that do no harm, and that they are to be written down', () => {
    const check = checkShape({ ...purchase, maxHops: 200 }, text);

    expect(check).toMatchObject({ problems: [], isCurrent: false, changes: [{ at: 'maxHops' }] });
  });

  test.each(['', '[]', '{"saga":"purchase"}', 'null'])('refuses what is no snapshot: %s', (other) => {
    expect(() => checkShape(purchase, other)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });
});
