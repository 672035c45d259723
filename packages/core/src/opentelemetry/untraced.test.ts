import { describe, expect, test } from 'vitest';
import { InMemoryEventStore } from '../in-memory-store.js';
import * as traced from './index.js';
import * as untraced from './untraced.js';

describe('without tracing', () => {
  test('there are the same names', () => {
    expect(Object.keys(untraced).sort()).toEqual(Object.keys(traced).sort());
  });

  test('a store and a repository stay what they are', () => {
    const store = new InMemoryEventStore();
    const repository = { execute: () => Promise.reject(), decide: () => Promise.reject() };

    expect(untraced.traceEventStore(store)).toBe(store);
    expect(untraced.traceStreamStore(store)).toBe(store);
    expect(untraced.traceRepository({ category: 'order', commands: {} }, repository)).toBe(repository);
  });

  test.each([
    ['continueTrace', (work: () => number) => untraced.continueTrace(undefined, 'process OrderPlaced', work)],
    ['linkTraces', (work: () => number) => untraced.linkTraces([], 'project orders', work)],
  ])('%s does the work, and what that throws is a rejection', async (_, run) => {
    await expect(run(() => 7)).resolves.toBe(7);
    await expect(
      run(() => {
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
  });
});
