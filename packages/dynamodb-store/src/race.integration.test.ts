import { createRepository, defineAggregate, defineEvents, streamName, systemIds } from '@everfold/core';
import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import { DynamoDBEventStore } from './store.js';
import { createTestTable } from './testing/index.js';

const table = await createTestTable();
afterAll(table.drop);
const store = new DynamoDBEventStore(table);

const queue = defineAggregate({
  category: 'queue',
  events: defineEvents({ Joined: z.object({ writer: z.number() }) }),
  initial: (): readonly number[] => [],
  evolve: { Joined: (state, { writer }) => [...state, writer] },
  commands: { join: (_state, writer: number) => [{ type: 'Joined', data: { writer } }] },
});

test('of 100 writers on one stream exactly one wins each version, and all of them land', async () => {
  const queues = createRepository(queue, { store, attempts: 200 });
  const id = systemIds();
  const writers = Array.from({ length: 100 }, (_, writer) => writer);

  const joined = await Promise.all(writers.map((writer) => queues.execute(id, 'join', writer)));

  const versions = writers.map((writer) => writer + 1);
  expect(joined.map(({ version }) => version).sort((a, b) => a - b)).toEqual(versions);
  const read: number[] = [];
  for await (const commit of store.read(streamName('queue', id))) read.push(commit.version);
  expect(read).toEqual(versions);
  const { state } = await queues.load(id);
  expect([...state].sort((a, b) => a - b)).toEqual(writers);
  // Each was told the state as it was with its own event last.
  for (const [writer, { state: seen, version }] of joined.entries()) {
    expect(seen).toEqual(state.slice(0, version));
    expect(seen.at(-1)).toBe(writer);
  }
});
