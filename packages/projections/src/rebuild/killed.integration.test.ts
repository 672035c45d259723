import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { DynamoDBEventStore } from '@everfold/dynamodb-store';
import { createTestTable } from '@everfold/dynamodb-store/testing';
import { afterAll, expect, it } from 'vitest';
import { DynamoDBReadModelStore } from '../read-models/dynamodb/dynamodb-read-model-store.js';
import { createReadModelTable } from '../read-models/dynamodb/read-model-table.test.fixture.js';
import { cancelled, placed, record } from '../shop.test.fixture.js';
import { readRebuild } from './rebuild-record.js';

const [events, rows] = await Promise.all([createTestTable(), createReadModelTable()]);
afterAll(() => Promise.all([events.drop(), rows.drop()]));
const readModels = new DynamoDBReadModelStore(rows);
const worker = fileURLToPath(new URL('./rebuild-worker.test.fixture.mjs', import.meta.url));

const ORDERS = 120;
const counts = { id: 'counts@1', spread: 16 };
const totals = { id: 'totals@1', spread: 16 };

/** Runs a process until it has said so many things, and kills it then; or lets it end. */
async function run(messages: number): Promise<'killed' | 'ended'> {
  const args = [process.env.DYNAMODB_ENDPOINT ?? '', events.tableName, rows.tableName];
  // Without the test runner's conditions, under which a package is its TypeScript sources.
  const child = fork(worker, args, { execArgv: ['--no-warnings'], env: {} });
  let heard = 0;
  child.on('message', () => {
    heard++;
    if (heard === messages) child.kill('SIGKILL');
  });
  const [code, signal] = await once(child, 'exit');
  if (signal === 'SIGKILL') return 'killed';
  expect(code).toBe(0);
  return 'ended';
}

it('a rebuild that is killed again and again comes to the exact rows', async () => {
  const store = new DynamoDBEventStore(events);
  const orders = Array.from({ length: ORDERS }, (_, order) => `order-${order}`);
  await Promise.all(orders.map((order, index) => record(store, order, [placed(index)], [cancelled], [placed(1)])));

  let kills = 0;
  for (const messages of [1, 3, 2, 6, 9]) if ((await run(messages)) === 'killed') kills++;
  expect(await run(Number.POSITIVE_INFINITY)).toBe('ended');

  expect(kills).toBeGreaterThanOrEqual(3);
  const found = await readModels.all(counts, { limit: 1000, consistent: true });
  const sorted = found.rows.toSorted((one, other) => Number(one.key.slice(6)) - Number(other.key.slice(6)));
  expect(sorted).toEqual(
    orders.map((key, index) => ({ key, row: { status: 'cancelled', placed: 2, cents: index + 1 } })),
  );
  expect(await readModels.get(totals, '2026-01-01', { consistent: true })).toEqual({
    orders: 2 * ORDERS,
    cents: (ORDERS * (ORDERS - 1)) / 2 + ORDERS,
  });
  for (const its of [counts, totals]) {
    expect(await readRebuild(its, readModels)).toMatchObject({ commits: 3 * ORDERS, finished: expect.any(String) });
  }
});
