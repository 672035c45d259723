import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { systemIds } from '@everfold/core';
import { meterCapacity } from '@everfold/dynamodb-store';
import { createTables } from '@everfold/local';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Connections, InMemoryConnections, LONGEST_MS } from './connections.js';
import { connectionsTable, DynamoDBConnections } from './dynamodb-connections.js';

const { DYNAMODB_ENDPOINT: endpoint = 'http://localhost:8000' } = process.env;
const client = new DynamoDBClient({
  endpoint,
  region: 'local',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});
const tableName = `connections-${systemIds()}`;
const meter = meterCapacity(client);

beforeAll(async () => {
  await createTables(client, [connectionsTable(tableName)]);
});

const START = Date.UTC(2026, 0, 2);
let now = START;
const clock = { now: () => now, sleep: async () => undefined };
/** An id that no other test has. */
const fresh = () => systemIds();

describe.each<[string, () => Connections]>([
  ['in DynamoDB', () => new DynamoDBConnections({ client, tableName, clock })],
  ['in memory', () => new InMemoryConnections(clock)],
])('connections %s', (_where, make) => {
  beforeEach(() => {
    now = START;
  });

  it('are found by their customer, and no other', async () => {
    const connections = make();
    const [ada, grace, one, other] = [fresh(), fresh(), fresh(), fresh()];
    await connections.add({ customerId: ada, connectionId: one, openedAt: now });
    await connections.add({ customerId: ada, connectionId: other, openedAt: now + 1 });

    expect(await connections.of(ada)).toEqual([
      { customerId: ada, connectionId: one, openedAt: now },
      { customerId: ada, connectionId: other, openedAt: now + 1 },
    ]);
    expect(await connections.of(grace)).toEqual([]);
  });

  it('are forgotten, by their id alone or with their customer, and once is enough', async () => {
    const connections = make();
    const [customerId, one, other] = [fresh(), fresh(), fresh()];
    for (const connectionId of [one, other]) await connections.add({ customerId, connectionId, openedAt: now });

    await connections.removeById(one);
    await connections.removeById(one);
    expect(await connections.of(customerId)).toMatchObject([{ connectionId: other }]);

    await connections.remove({ customerId, connectionId: other });
    await connections.remove({ customerId, connectionId: other });
    expect(await connections.of(customerId)).toEqual([]);
  });

  it('are not found any more after two hours, whether or not anybody said that they are over', async () => {
    const connections = make();
    const customerId = fresh();
    await connections.add({ customerId, connectionId: fresh(), openedAt: now });

    now = START + LONGEST_MS - 1_000;
    expect(await connections.of(customerId)).toHaveLength(1);
    now = START + LONGEST_MS;
    expect(await connections.of(customerId)).toEqual([]);
  });
});

describe('connections in DynamoDB cost', () => {
  const connections = new DynamoDBConnections({ client, tableName, clock });
  const [customerId, connectionId] = [fresh(), fresh()];

  async function costOf(act: () => Promise<unknown>) {
    meter.reset();
    await act();
    return meter.read();
  }

  it('one PutItem of two units to add, one Query of one unit to find, and a Query and a DeleteItem to forget', async () => {
    now = START;
    const add = await costOf(() => connections.add({ customerId, connectionId, openedAt: now }));
    const find = await costOf(() => connections.of(customerId));
    const forget = await costOf(() => connections.removeById(connectionId));
    const again = await costOf(() => connections.removeById(connectionId));

    expect(add).toEqual({ requests: { PutItem: 1 }, capacityUnits: { PutItem: 2 } });
    expect(find).toEqual({ requests: { Query: 1 }, capacityUnits: { Query: 1 } });
    expect(forget).toEqual({
      requests: { Query: 1, DeleteItem: 1 },
      capacityUnits: { Query: 0.5, DeleteItem: 2 },
    });
    expect(again.requests).toEqual({ Query: 1 });
  });
});
