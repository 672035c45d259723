import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { type CapacityMeter, meterCapacity } from '@everfold/dynamodb-store';
import { createTestClient } from '@everfold/dynamodb-store/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { createReadModelTable } from '../../read-models/dynamodb/read-model-table.test.fixture.js';
import { describeParkingLot } from '../../testing/index.js';
import { DynamoDBParkingLot } from './dynamodb-parking-lot.js';
import { entryKey } from './parking-item.js';
import { createParkingQueries } from './parking-queries.js';
import { createParkingWrites } from './parking-writes.js';

const table = await createReadModelTable();
afterAll(table.drop);

describeParkingLot({ describe, it }, { name: 'DynamoDBParkingLot', create: async () => new DynamoDBParkingLot(table) });

const client = createTestClient();
afterAll(() => client.destroy());
const meter: CapacityMeter = meterCapacity(client);
const clock = { now: () => 1_000_000, sleep: async () => {} };
const lot = new DynamoDBParkingLot({ client, tableName: table.tableName, clock });

async function costOf(action: () => Promise<unknown>) {
  meter.reset();
  await action();
  return meter.read();
}

async function expiryOf(stream: string) {
  const key = entryKey('expiry@1', stream);
  const { Item } = await table.client.send(new GetItemCommand({ TableName: table.tableName, Key: key }));
  return Item?.expires?.N;
}

describe('the parking lot on DynamoDB', () => {
  const at = '1970-01-01T00:16:40.000Z';
  const error = { name: 'Error', message: 'poison' };
  const parked = {
    stream: 'order-1',
    version: 1,
    last: 1,
    commitId: 'c',
    ticket: 't',
    state: 'parked',
    attempts: 1,
    firstFailedAt: at,
    lastFailedAt: at,
    parkedAt: at,
    error,
  } as const;

  it('has what the writes of a projection alone park there', async () => {
    const writes = createParkingWrites({ client, tableName: table.tableName, clock });

    const { attempts, standing } = await writes.count('alone@1', parked, at);
    await writes.save('alone@1', { stream: 'order-1', revision: standing.revision, parked, skipped: [] });

    expect(attempts).toEqual({ count: 1, since: at });
    expect((await lot.standings('alone@1', ['order-1'])).get('order-1')).toMatchObject({ parked });
    expect(await writes.save('alone@1', { stream: 'order-1', revision: 1, parked, skipped: [] })).toBe(false);
  });

  it('counts a failure with one update of one unit, parks and releases with one put, in table and index', async () => {
    const count = () => lot.count('costs@1', { stream: 'order-1', version: 1 }, at);

    expect(await costOf(count)).toEqual({ requests: { UpdateItem: 1 }, capacityUnits: { UpdateItem: 1 } });
    const park = () => lot.save('costs@1', { stream: 'order-1', revision: 1, parked, skipped: [] });
    expect(await costOf(park)).toEqual({ requests: { PutItem: 1 }, capacityUnits: { PutItem: 2 } });
    expect((await costOf(count)).requests).toEqual({ UpdateItem: 1 });
    const release = () => lot.save('costs@1', { stream: 'order-1', revision: 2, parked: undefined, skipped: [] });
    expect(await costOf(release)).toEqual({ requests: { PutItem: 1 }, capacityUnits: { PutItem: 2 } });
  });

  it('asks for a hundred streams at once, and lists with one query', async () => {
    const streams = Array.from({ length: 100 }, (_, index) => `order-${index}`);

    expect((await costOf(() => lot.standings('costs@1', streams))).requests).toEqual({ BatchGetItem: 1 });
    expect((await costOf(() => lot.listParked('costs@1', {}))).requests).toEqual({ Query: 1 });
  });

  it('tells what waits by its queries alone, at the same cost', async () => {
    const queries = createParkingQueries({ client, tableName: table.tableName });
    const skip = { parked: undefined, skipped: [{ version: 1, last: 1 }] };
    const audit = { stream: 'order-2', version: 1, last: 1, commitId: 'c', by: 'ada', reason: 'broken', at, error };
    await lot.save('asked@1', { stream: 'order-1', revision: 0, parked, skipped: [] });
    await lot.save('asked@1', { stream: 'order-2', revision: 0, ...skip, audit });

    const cost = await costOf(() => queries.listParked('asked@1', {}));

    expect(cost).toEqual({ requests: { Query: 1 }, capacityUnits: { Query: 0.5 } });
    expect(await queries.listParked('asked@1', {})).toEqual({ entries: [parked] });
    expect(await queries.listSkipped('asked@1', {})).toEqual({ entries: [audit] });
  });

  it('lets expire what came to nothing, a week later, and nothing else', async () => {
    await lot.count('expiry@1', { stream: 'order-1', version: 1 }, at);
    expect(await expiryOf('order-1')).toBe('605800');
    await lot.save('expiry@1', { stream: 'order-1', revision: 1, parked, skipped: [] });
    expect(await expiryOf('order-1')).toBeUndefined();
    const draining = { ...parked, state: 'draining' } as const;
    await lot.save('expiry@1', { stream: 'order-1', revision: 2, parked: draining, skipped: [] });
    await lot.count('expiry@1', { stream: 'order-1', version: 2 }, at);
    expect(await expiryOf('order-1')).toBeUndefined();
    await lot.save('expiry@1', { stream: 'order-1', revision: 4, parked: undefined, skipped: [] });
    expect(await expiryOf('order-1')).toBe('605800');

    await lot.save('expiry@1', {
      stream: 'order-2',
      revision: 0,
      parked: undefined,
      skipped: [{ version: 1, last: 1 }],
    });
    await lot.count('expiry@1', { stream: 'order-2', version: 2 }, at);
    expect(await expiryOf('order-2')).toBeUndefined();
  });
});
