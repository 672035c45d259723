import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { createTestClient } from '@everfold/dynamodb-store/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { createProjector } from '../../apply/projector.js';
import { createReader } from '../../reader.js';
import { CountingEventStore, captured, orders, placed, record, revenue } from '../../shop.test.fixture.js';
import { DynamoDBReadModelStore } from './dynamodb-read-model-store.js';
import { createReadModelTable } from './read-model-table.test.fixture.js';
import { rowKey } from './row-item.js';

const table = await createReadModelTable();
afterAll(table.drop);

const rows = { id: 'network@1', spread: 1 };
const clients: DynamoDBClient[] = [];
afterAll(() => {
  for (const client of clients) client.destroy();
});

/** A client on which `meddle` stands between the SDK, with its repetitions, and the table. */
function clientWith(
  meddle: (command: string, send: () => Promise<{ output: object }>, input: object) => Promise<{ output: object }>,
) {
  const client = createTestClient();
  clients.push(client);
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const sent = await meddle(String(commandName), () => next(args) as Promise<{ output: object }>, args.input);
        return sent as Awaited<ReturnType<typeof next>>;
      },
    { step: 'deserialize', name: 'meddle', priority: 'high' },
  );
  return client;
}

/** A client that loses the first response to a write, after it took effect. The SDK repeats the request. */
function losingResponses() {
  const sent: string[] = [];
  const client = clientWith(async (command, send) => {
    sent.push(command);
    const response = await send();
    const isWrite = command === 'PutItemCommand' || command === 'TransactWriteItemsCommand';
    if (isWrite && sent.filter((one) => one === command).length === 1) {
      throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    }
    return response;
  });
  return { client, sent };
}

describe('a write whose response was lost', () => {
  it('takes effect once, in a row', async () => {
    const { client, sent } = losingResponses();
    const readModels = new DynamoDBReadModelStore({ client, tableName: table.tableName });
    const eventStore = new CountingEventStore();
    const payments = await record(eventStore, 'payment-lost', [captured('order-lost', 5)]);
    const projection = {
      ...orders,
      changesOf: orders.changesOf,
      rows: { id: 'lost-row@1', spread: 1 },
      listed: undefined,
    };

    const failures = await createProjector({ projection, eventStore, readModels })(payments);

    expect(failures).toEqual([]);
    expect(sent).toEqual(['BatchGetItemCommand', 'PutItemCommand', 'PutItemCommand']);
    const stored = (await readModels.load(projection.rows, ['order-lost'])).get('order-lost');
    expect(stored).toMatchObject({ row: { status: 'paid', paidCents: 5 }, revision: 1 });
  });

  it('takes effect once, in a transaction', async () => {
    const { client, sent } = losingResponses();
    const readModels = new DynamoDBReadModelStore({ client, tableName: table.tableName });
    const eventStore = new CountingEventStore();
    const commits = await record(eventStore, 'order-lost', [placed(5)], [placed(6)]);

    const failures = await createProjector({ projection: revenue, eventStore, readModels })(commits);

    expect(failures).toEqual([]);
    expect(sent).toEqual(['TransactWriteItemsCommand', 'TransactWriteItemsCommand']);
    expect(await createReader(revenue, readModels).get('2026-01-01', { consistent: true })).toEqual({
      orders: 2,
      cents: 11,
    });
  });
});

describe('keys that DynamoDB leaves unprocessed', () => {
  it('are asked for again, as when the rows come to more than 16 MB', async () => {
    const asked: number[] = [];
    const client = clientWith((command, send, input) => {
      if (command === 'BatchGetItemCommand') asked.push(keysOf(input).length);
      return send();
    });
    const readModels = new DynamoDBReadModelStore({ client, tableName: table.tableName });
    const keys = Array.from({ length: 60 }, (_, index) => `large-${index}`);
    const text = 'x'.repeat(300 * 1024);
    for (const key of keys) {
      await readModels.save(rows, { key, row: { key, text }, revision: 0, applied: new Map(), listed: undefined });
    }

    const loaded = await readModels.load(rows, keys);

    expect([...loaded.values()].map(({ row }) => row?.key)).toEqual(keys);
    expect(asked.length).toBeGreaterThan(1);
    expect(asked[0]).toBe(60);
  });

  it('are asked for with growing waits while nothing comes, and then given up', async () => {
    const client = clientWith(async (_command, _send, input) => ({
      output: { $metadata: {}, Responses: {}, UnprocessedKeys: (input as { RequestItems: object }).RequestItems },
    }));
    const waits: number[] = [];
    const clock = { now: () => 0, sleep: async (milliseconds: number) => void waits.push(milliseconds) };
    const readModels = new DynamoDBReadModelStore({ client, tableName: table.tableName, clock, random: () => 0.5 });

    await expect(readModels.load(rows, ['a'])).rejects.toMatchObject({ code: 'THROTTLED', retryable: true });

    expect(waits).toEqual([12.5, 25, 50, 100, 200, 400, 800, 1000, 1000]);
  });
});

describe('a write that DynamoDB never takes', () => {
  const refused = { name: 'ReadModelRefusedError', code: 'READ_MODEL_REFUSED', retryable: false };

  it('is refused for good: a row over 400 KB, on its own and in a transaction', async () => {
    const readModels = new DynamoDBReadModelStore(table);
    const row = { text: 'x'.repeat(401 * 1024) };
    const write = { key: 'too-large', row, revision: 0, applied: new Map(), listed: undefined };
    const transaction = { advances: [], writes: [write], increments: [] };

    await expect(readModels.save(rows, write)).rejects.toMatchObject(refused);
    await expect(readModels.transact(rows, transaction)).rejects.toMatchObject(refused);
  });

  it('is refused for good: an addition to what somebody made a text', async () => {
    const Item = { ...rowKey(rows, 'spoilt'), '+count': { S: 'many' } };
    await table.client.send(new PutItemCommand({ TableName: table.tableName, Item }));
    const increments = [{ key: 'spoilt', amounts: { count: 1 } }];

    const transacted = new DynamoDBReadModelStore(table).transact(rows, { advances: [], writes: [], increments });

    await expect(transacted).rejects.toMatchObject(refused);
  });
});

function keysOf(input: object): readonly unknown[] {
  const { RequestItems } = input as { RequestItems: Record<string, { Keys: readonly unknown[] }> };
  return RequestItems[table.tableName]?.Keys ?? [];
}
