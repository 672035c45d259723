import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineAggregate } from './aggregate.js';
import { StateCache } from './cache.js';
import { endOf, startOf } from './commit.js';
import { isEverfoldError, RejectedError } from './errors.js';
import { defineEvents, type NewEvent } from './events.js';
import { InMemoryEventStore } from './in-memory-store.js';
import { loadAsOf } from './load-as-of.js';
import { createRepository } from './repository.js';
import { resnapshot } from './resnapshot.js';
import { overriding } from './stores.test.fixture.js';
import { decideTogether } from './unit-of-work/decide-together.js';

/** The same events, folded in one of two ways: a change of the reducers, and of the schema with them. */
interface State {
  readonly sum: number;
  readonly steps: readonly string[];
}

const step = (way: Way, state: State, by: number): State => ({
  sum: state.sum + by,
  steps: way === 'steps' ? [...state.steps, `${by}`].slice(-3) : [],
});

type Way = 'sum' | 'steps';

const adder = (way: Way, every: number | undefined) =>
  defineAggregate({
    category: 'adder',
    events: defineEvents({ Added: z.object({ by: z.number() }), Taken: z.object({ by: z.number() }) }),
    initial: (): State => ({ sum: 0, steps: [] }),
    evolve: {
      Added: (state, { by }) => step(way, state, by),
      Taken: (state, { by }) => step(way, state, -by),
    },
    commands: {
      add: (_state, by: number) => Array.from({ length: by }, () => ({ type: 'Added' as const, data: { by } })),
      take: (state, by: number) => {
        if (state.sum < by) throw new RejectedError('TOO_LITTLE', `There are ${state.sum}.`);
        return [{ type: 'Taken', data: { by } }];
      },
    },
    ...(every !== undefined && { snapshot: { every, schema: way } }),
  });

const plainly = (way: Way, events: readonly NewEvent<string, { by: number }>[]): State =>
  events.reduce<State>((state, { type, data: { by } }) => step(way, state, type === 'Added' ? by : -by), {
    sum: 0,
    steps: [],
  });

const IDS = ['a', 'b'];
const id = fc.constantFrom(...IDS);
const who = fc.nat({ max: 3 });
const by = fc.nat({ max: 3 });

const writer = fc.record({
  way: fc.constantFrom<Way>('sum', 'steps'),
  every: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
  cached: fc.boolean(),
});

const action = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('execute' as const),
      who,
      id,
      by,
      command: fc.constantFrom('add' as const, 'take' as const),
      allowStale: fc.boolean(),
      interruptions: fc.nat({ max: 2 }),
    }),
  },
  fc.record({ kind: fc.constant('load' as const), who, id }),
  fc.record({ kind: fc.constant('together' as const), who, by, interruptions: fc.nat({ max: 2 }) }),
  fc.record({ kind: fc.constant('asOf' as const), who, id, part: fc.double({ min: 0, max: 1, noNaN: true }) }),
  fc.record({ kind: fc.constant('resnapshot' as const), who, id }),
);
type Action = typeof action extends fc.Arbitrary<infer TAction> ? TAction : never;

const metadata = { correlationId: 'c', causationId: 'k' };
const ports = { clock: { now: () => 0, sleep: async () => undefined }, random: () => 0, attempts: 100 };

function world(writers: readonly { way: Way; every: number | undefined; cached: boolean }[]) {
  const inner = new InMemoryEventStore();
  let interruptions = 0;

  const eventsOf = (of: string) =>
    [...inner.commits()].filter(({ stream }) => stream === `adder-${of}`).flatMap(({ events }) => events) as NewEvent<
      string,
      { by: number }
    >[];

  /** Somebody else, who is always a little faster. */
  async function interrupt(stream: string) {
    if (interruptions-- <= 0) return;
    const { commits } = await inner.load(stream);
    const last = commits.at(-1);
    await inner.append({
      after: last ? endOf(last) : startOf(stream),
      events: [{ type: 'Added', data: { by: 1 } }],
      metadata,
    });
  }

  const store = overriding(inner, {
    append: async (append) => {
      await interrupt(append.after.stream);
      return inner.append(append);
    },
    transact: async (parts) => {
      for (const part of parts) if ('after' in part) await interrupt(part.after.stream);
      return inner.transact(parts);
    },
    saveSnapshot: async (position, snapshot) => {
      await interrupt(position.stream);
      return inner.saveSnapshot(position, snapshot);
    },
  });

  const repositories = writers.map(({ way, every, cached }) => {
    const aggregate = adder(way, every);
    const cache = cached ? { cache: new StateCache({ maxEntries: 1 }) } : {};
    return { way, every, aggregate, repository: createRepository(aggregate, { store, ...ports, ...cache }) };
  });

  function chosen(index: number) {
    const [first] = repositories;
    const found = repositories[index % repositories.length] ?? first;
    if (found === undefined) throw new Error('no writers');
    return found;
  }

  async function run(doing: Action): Promise<void> {
    const { way, every, aggregate, repository } = chosen(doing.who);
    interruptions = 'interruptions' in doing ? doing.interruptions : 0;
    const expectPlain = (of: string, { state, version }: { state: State; version: number }) =>
      expect(state).toEqual(plainly(way, eventsOf(of).slice(0, version)));

    switch (doing.kind) {
      case 'execute': {
        const { sum } = plainly(way, eventsOf(doing.id));
        const rejected = doing.interruptions === 0 && doing.command === 'take' && sum < doing.by;
        try {
          const executed = await repository.execute(doing.id, doing.command, doing.by, {
            allowStale: doing.allowStale,
          });
          expectPlain(doing.id, executed);
          expect(rejected).toBe(false);
        } catch (error) {
          if (!isEverfoldError(error, 'REJECTED')) throw error;
          expect(plainly(way, eventsOf(doing.id)).sum).toBeLessThan(doing.by);
        }
        return;
      }
      case 'load':
        expectPlain(doing.id, await repository.load(doing.id));
        return;
      case 'asOf': {
        const version = Math.floor(eventsOf(doing.id).length * doing.part);
        expectPlain(doing.id, await loadAsOf(aggregate, store, doing.id, { version }));
        return;
      }
      case 'resnapshot':
        if (every !== undefined) await resnapshot(aggregate, store, [doing.id], ports);
        return;
      case 'together':
        await decideTogether({ store, ...ports }, async (unit) => {
          const { state } = await unit.load(aggregate, 'a');
          await unit.execute(aggregate, 'b', 'add', Math.max(0, Math.min(2, state.sum)));
          await unit.execute(aggregate, 'b', 'add', doing.by);
        });
    }
  }

  async function expectAllPlain() {
    for (const { way, repository } of repositories) {
      for (const of of IDS) {
        const { state, version } = await repository.load(of);
        expect({ state, version }).toEqual({ state: plainly(way, eventsOf(of)), version: eventsOf(of).length });
      }
    }
  }

  return { run, expectAllPlain };
}

const writers = fc.array(writer, { minLength: 1, maxLength: 4 });

test('whatever the snapshots, schemas, caches and writers in between: the state is the plain fold of all events', {
  timeout: 60_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(writers, fc.array(action, { maxLength: 30 }), async (those, actions) => {
      const { run, expectAllPlain } = world(those);
      for (const doing of actions) await run(doing);
      await expectAllPlain();
    }),
    { numRuns: 300 },
  );
});

test('the same holds for commands at the same time', { timeout: 60_000 }, async () => {
  const command = fc.record({ who, id, by: fc.integer({ min: 1, max: 3 }), allowStale: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(
      writers,
      fc.array(fc.array(command, { maxLength: 6 }), { maxLength: 6 }),
      async (those, rounds) => {
        const { run, expectAllPlain } = world(those);
        for (const round of rounds) {
          const actions = round.map((each): Action => ({ ...each, kind: 'execute', command: 'add', interruptions: 0 }));
          await Promise.all(actions.map((doing) => run(doing)));
          await expectAllPlain();
        }
      },
    ),
    { numRuns: 100 },
  );
});
