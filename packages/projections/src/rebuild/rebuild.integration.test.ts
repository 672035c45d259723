import { BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import { type Commit, endOf, startOf, systemClock } from '@everfold/core';
import { DynamoDBEventStore, inParallel, meterCapacity, toItem } from '@everfold/dynamodb-store';
import { createTestClient, createTestTable } from '@everfold/dynamodb-store/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { createProjector } from '../apply/projector.js';
import { applyChange, type Row } from '../changes.js';
import type { Projection } from '../projection.js';
import { DynamoDBReadModelStore } from '../read-models/dynamodb/dynamodb-read-model-store.js';
import { createReadModelTable } from '../read-models/dynamodb/read-model-table.test.fixture.js';
import { createReader } from '../reader.js';
import { cancelled, captured, noted, orders, placed, record, revenue } from '../shop.test.fixture.js';
import { countItems } from './count-items.js';
import { rebuild } from './rebuild.js';

const rows = await createReadModelTable();
const large = await createTestTable();
const small = await createTestTable();
const client = createTestClient();
afterAll(async () => {
  await Promise.all([rows.drop(), large.drop(), small.drop()]);
  client.destroy();
});
const readModels = new DynamoDBReadModelStore(rows);
const metadata = { correlationId: 'c', causationId: 'c' };

/** What the rows come to: a plain fold of everything recorded. */
async function foldOf(projection: Projection<object>, store: DynamoDBEventStore): Promise<Record<string, Row>> {
  const commits: Commit[] = [];
  for await (const page of store.scan()) commits.push(...page.commits);
  const inOrder = commits.toSorted((one, other) => one.stream.localeCompare(other.stream));
  const folded = new Map<string, Row>();
  for (const commit of inOrder) {
    for (const [index, event] of commit.events.entries()) {
      const recorded = { ...event, id: '', stream: commit.stream, version: commit.version + index, at: '', metadata };
      for (const change of projection.changesOf(recorded)) {
        const row = applyChange(folded.get(change.key), change);
        if (row !== undefined) folded.set(change.key, row);
      }
    }
  }
  return Object.fromEntries(folded);
}

async function rowsOf(projection: Projection<object>): Promise<Record<string, object>> {
  const found: [string, object][] = [];
  let cursor: string | undefined;
  do {
    const request = { limit: 1000, consistent: true, ...(cursor === undefined ? {} : { cursor }) };
    const page = await createReader(projection, readModels).all(request);
    found.push(...page.rows.map(({ key, row }) => [key, row] as [string, object]));
    cursor = page.cursor;
  } while (cursor !== undefined);
  return Object.fromEntries(found);
}

/** Four commits of five events each, for 250 streams. */
const streams = Array.from({ length: 250 }, (_, index) => `order-${index}`);
const history = streams.flatMap((stream, index) =>
  [1, 6, 11, 16].map((version): Commit => {
    const events = [placed(index, `day-${index % 9}`), noted, noted, cancelled, placed(version, 'day-x')];
    return { stream, version, last: version + 4, id: `${version}`, at: '2026-01-01T00:00:00.000Z', events, metadata };
  }),
);

/** Writes commits in batches, as DynamoDB takes them. */
async function seed(commits: readonly Commit[]): Promise<void> {
  const batches = Array.from({ length: Math.ceil(commits.length / 25) }, (_, batch) =>
    commits.slice(batch * 25, (batch + 1) * 25).map((commit) => ({ PutRequest: { Item: toItem(commit) } })),
  );
  await inParallel(batches, 4, async (batch) => {
    await large.client.send(new BatchWriteItemCommand({ RequestItems: { [large.tableName]: batch } }));
  });
}

describe('a rebuild of 5,000 events while new ones are appended', () => {
  it.each([
    ['in the rows', orders],
    ['beside the rows', revenue],
  ])('with positions %s equals the fold of everything', async (_, projection: Projection<object>) => {
    const store = new DynamoDBEventStore(large);
    const prefix = projection.rows.id.replace('@', '.');
    if ((await countItems(large.client, large.tableName)) === undefined) await seed(history);

    const live = createProjector({ projection, eventStore: store, readModels });
    let building = true;
    const appending = (async () => {
      for (let number = 0; building || number < 40; number++) {
        const old = streams[(number * 7) % streams.length] ?? '';
        const first = await record(store, `order.${prefix}-${number}`, [placed(number)], [noted, placed(3)]);
        // The last of an old stream is known: it has twenty events, and those that were added here.
        let after = startOf(old);
        for await (const commit of store.read(old, { backward: true, limit: 1 })) after = endOf(commit);
        const added = await store.append({ after, events: [placed(number, 'day-late')], metadata });
        // What is delivered late, in part or not at all is found by what comes later, or by the scan.
        expect(await live([added, ...first].slice(number % 2))).toEqual([]);
      }
    })();
    const done = await rebuild({ projection, eventStore: store, readModels, segments: 4, unitEvents: 500 });
    building = false;
    await appending;
    // The handler gets what it has not had yet.
    for await (const page of store.scan()) expect(await live(page.commits)).toEqual([]);

    expect(done.events).toBeGreaterThanOrEqual(5_000);
    expect(await rowsOf(projection)).toEqual(await foldOf(projection, store));
  });
});

describe('a rebuild of a small table', () => {
  const store = new DynamoDBEventStore({ client, tableName: small.tableName });
  const metered = new DynamoDBReadModelStore({ client, tableName: rows.tableName });
  const meter = meterCapacity(client);
  const sent: string[] = [];
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const {
          TableName,
          TransactItems = [],
          RequestItems = {},
          Statements = [],
        } = args.input as {
          TableName?: string;
          TransactItems?: { Put?: { TableName: string }; Update?: { TableName: string } }[];
          RequestItems?: object;
          Statements?: { Statement: string }[];
        };
        const tables = [
          TableName,
          ...TransactItems.map(({ Put, Update }) => (Put ?? Update)?.TableName),
          ...Object.keys(RequestItems),
          ...Statements.map(({ Statement }) => Statement.split('"')[1]),
        ];
        for (const table of new Set(tables)) if (table !== undefined) sent.push(`${commandName} ${table}`);
        return next(args);
      },
    { step: 'initialize', name: 'noteRequests' },
  );
  // Notes are saved once a second as well: on a busy machine, of a rebuild that takes no longer otherwise.
  const began = systemClock.now();
  const clock = { ...systemClock, now: () => began };
  const options = { eventStore: store, readModels: metered, segments: 2, unitEvents: 100_000, clock };

  it('costs a Scan for each segment, one batch for 25 new rows, and its notes', async () => {
    for (let order = 0; order < 30; order++) await record(store, `order-${order}`, [placed(order), noted], [cancelled]);
    await record(store, 'payment-1', [captured('order-1', 1)]);
    await store.transact([{ claim: { name: 'email', value: 'ada@example.com' }, by: 'customer-1' }]);
    meter.reset();

    const done = await rebuild({ ...options, projection: { ...orders, rows: { id: 'costs@1', spread: 4 } } });

    expect(done).toMatchObject({ streams: 31, commits: 61, events: 91 });
    expect(meter.read()).toEqual({
      // Notes: read once; saved at the beginning, when everything is read, and in the end.
      requests: { Scan: 2, BatchExecuteStatement: 2, BatchGetItem: 1, PutItem: 3 },
      // DynamoDB Local does not tell of statements: on AWS, a unit for each row in the table, and one in the index.
      capacityUnits: { Scan: 2, BatchGetItem: 0, PutItem: 3 },
    });
  });

  it('costs one transaction for a hundred positions and rows beside them', async () => {
    meter.reset();

    await rebuild({ ...options, projection: { ...revenue, rows: { id: 'costs.revenue@1', spread: 1 } } });

    expect(meter.read().requests).toEqual({ Scan: 2, TransactWriteItems: 1, BatchGetItem: 1, PutItem: 3 });
  });

  it('sends nothing but reads to the event table, and nothing to anybody else', async () => {
    sent.length = 0;

    await rebuild({ ...options, projection: { ...orders, rows: { id: 'quiet@1', spread: 4 } } });
    await rebuild({ ...options, projection: { ...revenue, rows: { id: 'quiet.revenue@1', spread: 1 } } });

    const to = (table: string) =>
      [...new Set(sent.filter((one) => one.endsWith(` ${table}`)))].map((one) => one.split(' ')[0]);
    expect(to(small.tableName)).toEqual(['ScanCommand']);
    expect(sent.every((one) => one.endsWith(` ${small.tableName}`) || one.endsWith(` ${rows.tableName}`))).toBe(true);
  });

  it('can be told about how many commits there are', async () => {
    expect(await countItems(client, small.tableName)).toBe(62);
  });
});
