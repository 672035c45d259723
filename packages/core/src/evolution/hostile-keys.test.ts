import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineAggregate } from '../aggregate.js';
import { startOf } from '../commit.js';
import { defineEvents } from '../events.js';
import { InMemoryEventStore } from '../in-memory-store.js';
import { createRepository } from '../repository.js';
import { evolving } from './evolving.js';

/** What a payload of JSON may hold, and no literal: `__proto__` as a key like any other. */
const HOSTILE = '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"toString":1}';

interface State {
  readonly seen: readonly string[];
}

interface Wrapped {
  readonly inside: object;
}

const anything = z.custom<object>();
const see = (state: State, data: object): State => ({ seen: [...state.seen, JSON.stringify(data)] });

const sack = defineAggregate({
  category: 'sack',
  events: defineEvents({
    constructor: anything,
    toString: evolving(anything, {
      revision: 3,
      upcast: { 1: (data: Wrapped) => ({ ...data }), 2: ({ ...data }: Wrapped) => data },
      codec: { encode: (data) => ({ inside: data }), decode: ({ inside }) => ({ ...inside }) },
    }),
  }),
  initial: (): State => ({ seen: [] }),
  evolve: { constructor: see, toString: see },
  commands: {
    put: (_state, data: object) => [
      { type: 'constructor', data },
      { type: 'toString', data },
    ],
  },
});

function expectNoPollution() {
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  expect('polluted' in {}).toBe(false);
}

describe('keys named __proto__ and constructor', () => {
  test('are data on the way to the store and back, for types named constructor and toString', async () => {
    const repository = createRepository(sack, { store: new InMemoryEventStore() });

    const { events, state } = await repository.execute('1', 'put', JSON.parse(HOSTILE));

    expect(events.map(({ data }) => JSON.stringify(data))).toEqual([HOSTILE, HOSTILE]);
    expect(state.seen).toEqual([HOSTILE, HOSTILE]);
    expect((await repository.load('1')).state).toEqual(state);
    expectNoPollution();
  });

  test('are data through upcasters and a codec', async () => {
    const store = new InMemoryEventStore();
    const inside: object = JSON.parse(`{"inside":${HOSTILE}}`);
    const events = [
      { type: 'toString', data: inside },
      { type: 'toString', revision: 2, data: inside },
    ];
    await store.append({
      after: startOf('sack-1'),
      events,
      metadata: { correlationId: 'c', causationId: 'k' },
    });

    expect((await createRepository(sack, { store }).load('1')).state.seen).toEqual([HOSTILE, HOSTILE]);
    expectNoPollution();
  });

  test('are data of no type where no type is named so', async () => {
    const store = new InMemoryEventStore();
    const empty = defineAggregate({ ...sack, events: {}, evolve: {}, commands: {} });
    await store.append({
      after: startOf('sack-1'),
      events: [{ type: 'constructor', data: JSON.parse(HOSTILE) }],
      metadata: { correlationId: 'c', causationId: 'k' },
    });

    await expect(createRepository(empty, { store }).load('1')).rejects.toMatchObject({
      code: 'UNKNOWN_EVENT',
      type: 'constructor',
    });
    expectNoPollution();
  });
});
