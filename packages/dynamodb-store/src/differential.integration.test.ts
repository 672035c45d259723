import { InMemoryEventStore, systemIds } from '@everfold/core';
import { type ComparedPorts, chooseOperation, compareEventStores } from '@everfold/core/testing';
import fc from 'fast-check';
import { afterAll, describe, test } from 'vitest';
import { DynamoDBEventStore } from './store.js';
import { createTestTable, type TestTable } from './testing/index.js';

const table = await createTestTable();
const tableOfLarge = await createTestTable();
afterAll(async () => {
  await table.drop();
  await tableOfLarge.drop();
});

/** Operations made of nothing but numbers, which fast-check shrinks. */
function operations(most: number, largeBytes = 0) {
  const operation = fc.array(fc.nat(99), { minLength: 60, maxLength: 60 }).map((choices) => {
    const left = [...choices];
    return chooseOperation((below) => (left.shift() ?? 0) % below, largeBytes);
  });
  return fc.array(operation, { minLength: most - 5, maxLength: most, size: 'max' });
}

/** Shrinking takes as long as it is given: longer than a test may. */
const limits = { interruptAfterTimeLimit: 25_000 };

function property(on: TestTable, done: ReturnType<typeof operations>) {
  const one = (ports: ComparedPorts) => new InMemoryEventStore(ports);
  const other = (ports: ComparedPorts) => new DynamoDBEventStore({ ...on, ...ports });
  return fc.asyncProperty(done, (each) => compareEventStores({ one, other, category: `c${systemIds()}` }, each));
}

describe('the store on DynamoDB', () => {
  test('gives and refuses what the store in memory does', async () => {
    await fc.assert(property(table, operations(25)), { ...limits, numRuns: 50 });
  });

  test('gives and refuses the same when commits are too large for one item', async () => {
    await fc.assert(property(tableOfLarge, operations(10, 700_000)), { ...limits, numRuns: 8 });
  });
});
