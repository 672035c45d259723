import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineEvents } from '../events.js';
import { evolving } from '../evolution/evolving.js';
import { describeEventFixtures, type EventFixture } from './event-fixtures.js';

const events = defineEvents({
  Noted: z.object({ text: z.string() }),
  Named: evolving(z.object({ first: z.string().min(1), last: z.string() }), {
    revision: 2,
    upcast: {
      1: ({ name }: { name: string }) => {
        const [first = '', last = ''] = name.split(' ');
        return { first, last };
      },
    },
  }),
  Born: evolving(z.object({ on: z.date() }), {
    revision: 2,
    upcast: { 1: ({ day }: { day: string }) => ({ on: `${day}T00:00:00.000Z` }) },
    codec: { encode: ({ on }) => ({ on: on.toISOString() }), decode: ({ on }) => ({ on: new Date(on) }) },
  }),
});

type Fixtures = readonly EventFixture<typeof events>[];

const born = { type: 'Born', data: { on: new Date('1815-12-10T00:00:00.000Z') } } as const;
const sound: Fixtures = [
  {
    type: 'Named',
    data: { name: 'Ada Lovelace' },
    becomes: [{ type: 'Named', data: { first: 'Ada', last: 'Lovelace' } }],
  },
  { type: 'Born', revision: 1, data: { day: '1815-12-10' }, becomes: [born] },
  { type: 'Born', revision: 2, data: { on: '1815-12-10T00:00:00.000Z' }, becomes: [born] },
];

describeEventFixtures({ describe, it }, events, sound);

/** Runs the tests that fixtures come to: what each one failed with, by its name. */
async function outcomesOf(fixtures: Fixtures): Promise<Record<string, string | undefined>> {
  const tests: [string, () => Promise<void>][] = [];
  const runner = {
    describe: (_name: string, body: () => void) => body(),
    it: (...test: (typeof tests)[number]) => tests.push(test),
  };
  describeEventFixtures(runner, events, fixtures);
  const outcomes: Record<string, string | undefined> = {};
  for (const [name, run] of tests) {
    outcomes[name] = await run().then(
      () => undefined,
      (error: Error) => error.message,
    );
  }
  return outcomes;
}

const without = (index: number): Fixtures => sound.toSpliced(index, 1);
const COVERAGE = 'have fixtures of all their revisions';
const NAMED = '"Named" of revision 1 is read as it is today';

describe('describeEventFixtures', () => {
  it('makes a test of each fixture, one more of each that is of the present revision, and one of all', async () => {
    expect(await outcomesOf(sound)).toEqual({
      [NAMED]: undefined,
      '"Born" of revision 1 is read as it is today': undefined,
      '"Born" of revision 2 is read as it is today': undefined,
      '"Born" is recorded in revision 2 as its fixture has it': undefined,
      [COVERAGE]: undefined,
    });
  });

  it.each([
    [0, '"Named" of revision 1'],
    [1, '"Born" of revision 1'],
    [2, '"Born" of revision 2'],
  ])('fails when fixture %d is missing, which alone is %s', async (index, missing) => {
    expect((await outcomesOf(without(index)))[COVERAGE]).toBe(
      `There are no fixtures for ${missing}. Add what was recorded of them.`,
    );
  });

  it('asks for no fixture of what its schema alone describes', async () => {
    expect((await outcomesOf(sound))[COVERAGE]).toBeUndefined();
    expect((await outcomesOf([]))[COVERAGE]).not.toContain('Noted');
    expect((await outcomesOf([]))[COVERAGE]).not.toContain('"Named" of revision 2');
  });

  it('fails when a payload becomes something else', async () => {
    const becomes = [{ type: 'Named', data: { first: 'Ada', last: 'Byron' } }] as const;

    expect((await outcomesOf([{ type: 'Named', data: { name: 'Ada Lovelace' }, becomes }]))[NAMED]).toContain(
      "+       last: 'Lovelace'",
    );
    expect((await outcomesOf([{ type: 'Named', data: { name: 'Ada Lovelace' }, becomes: [] }]))[NAMED]).toContain(
      'Expected values to be strictly deep-equal',
    );
  });

  it('fails when a payload becomes what its schema refuses', async () => {
    const becomes = [{ type: 'Named', data: { first: '', last: '' } }] as const;

    expect((await outcomesOf([{ type: 'Named', data: { name: '' }, becomes }]))[NAMED]).toContain(
      'Event "Named" is not valid: first: ',
    );
  });

  it('fails when a fixture is not what JSON carries, and so was never recorded', async () => {
    const fixture = { type: 'Born', revision: 2, data: { on: born.data.on }, becomes: [born] } as const;

    expect((await outcomesOf([fixture]))['"Born" of revision 2 is read as it is today']).toContain(
      'on: JSON has no Date',
    );
  });

  it('fails when another form is recorded today than the fixture of the present revision has', async () => {
    const fixture = {
      type: 'Born',
      revision: 2,
      data: { on: '1815-12-10T01:00:00.000+01:00' },
      becomes: [born],
    } as const;
    const outcomes = await outcomesOf([fixture]);

    expect(outcomes['"Born" of revision 2 is read as it is today']).toBeUndefined();
    expect(outcomes['"Born" is recorded in revision 2 as its fixture has it']).toContain('1815-12-10T00:00:00.000Z');
  });
});
