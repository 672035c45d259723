import type { Commit } from '@everfold/core';
import type { Projection } from '../projection.js';
import { InMemoryReadModelStore } from '../read-models/in-memory-read-model-store.js';
import type { ReadModelStore, Transaction } from '../read-models/read-model-store.js';
import { createReader } from '../reader.js';
import { CountingEventStore } from '../shop.test.fixture.js';
import { createProjector, type ProjectorOptions } from './projector.js';

/** A projector on stores in memory that note every request. */
export function setUp<TRow extends object>(
  projection: Projection<TRow>,
  options: Partial<ProjectorOptions<TRow>> = {},
) {
  const eventStore = new CountingEventStore();
  const store = new InMemoryReadModelStore();
  const requests: string[] = [];
  const readModels: ReadModelStore = {
    load: (rows, keys) => {
      requests.push(`load ${keys.length}`);
      return store.load(rows, keys);
    },
    save: (rows, write) => {
      requests.push(`save ${write.key}`);
      return store.save(rows, write);
    },
    positions: (rows, streams) => {
      requests.push(`positions ${streams.length}`);
      return store.positions(rows, streams);
    },
    transact: (rows, transaction) => {
      requests.push(`transact ${sizeOf(transaction)}`);
      return store.transact(rows, transaction);
    },
    get: (rows, key) => store.get(rows, key),
    list: (rows, request) => store.list(rows, request),
    all: (rows, request) => store.all(rows, request),
  };
  const sleeps: number[] = [];
  const clock = { now: () => 0, sleep: async (milliseconds: number) => void sleeps.push(milliseconds) };
  const start = () => createProjector({ projection, eventStore, readModels, clock, random: () => 0.5, ...options });
  const reader = createReader(projection, store);
  const rows = async () => Object.fromEntries((await reader.all()).rows.map(({ key, row }) => [key, row]));
  return { eventStore, store, requests, sleeps, start, reader, rows };
}

function sizeOf({ advances, writes, increments }: Transaction): string {
  return `${advances.length}+${writes.length}+${increments.length}`;
}

/** The commits at these places, from 0. */
export function pick(commits: readonly Commit[], ...indexes: number[]): Commit[] {
  return indexes.flatMap((index) => commits[index] ?? []);
}
