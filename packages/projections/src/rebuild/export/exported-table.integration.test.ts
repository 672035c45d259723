import { rm } from 'node:fs/promises';
import { type AttributeValue, ScanCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBEventStore } from '@everfold/dynamodb-store';
import { createTestTable } from '@everfold/dynamodb-store/testing';
import { afterAll, expect, it } from 'vitest';
import { InMemoryReadModelStore } from '../../read-models/in-memory-read-model-store.js';
import { createReader } from '../../reader.js';
import { cancelled, orders, placed, record } from '../../shop.test.fixture.js';
import { rebuild } from '../rebuild.js';
import { writeExport } from './export.test.fixture.js';
import { rebuildFromExport } from './rebuild-from-export.js';

const table = await createTestTable();
afterAll(table.drop);

/** An item as an export has it. Source: DynamoDB Developer Guide, "DynamoDB table export output format". */
function toJson(item: Record<string, AttributeValue>) {
  return Object.fromEntries(
    Object.entries(item).map(([name, value]) => [
      name,
      value.B === undefined ? value : { B: Buffer.from(value.B).toString('base64') },
    ]),
  );
}

it('the items of a real table, exported, come to the same rows as its scan', async () => {
  const eventStore = new DynamoDBEventStore(table);
  const note = { type: 'NoteTaken', data: { text: 'again and again '.repeat(400) } };
  const large = {
    type: 'NoteTaken',
    data: {
      text: Buffer.from(Array.from({ length: 260_000 }, (_, i) => (i * i * 31 + (i >> 3)) % 251)).toString('base64'),
    },
  };
  for (let order = 0; order < 10; order++)
    await record(eventStore, `order-${order}`, [placed(order), note], [cancelled]);
  await record(eventStore, 'order-large', [placed(1), large, large, placed(2)]);
  await eventStore.transact([{ claim: { name: 'email', value: 'ada@example.com' }, by: 'customer-1' }]);
  const items: Record<string, AttributeValue>[] = [];
  let from: Record<string, AttributeValue> | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await table.client.send(
      new ScanCommand({ TableName: table.tableName, ExclusiveStartKey: from }),
    );
    items.push(...Items);
    from = LastEvaluatedKey;
  } while (from !== undefined);
  expect(items.some(({ events }) => events?.B !== undefined)).toBe(true);
  const { directory } = await writeExport([items.toReversed().map(toJson)]);
  const [scanned, exported] = [new InMemoryReadModelStore(), new InMemoryReadModelStore()];

  const one = await rebuild({ projection: orders, eventStore, readModels: scanned });
  const other = await rebuildFromExport({ projection: orders, readModels: exported, directory });

  await rm(directory, { recursive: true });
  const rowsIn = async (store: InMemoryReadModelStore) => (await createReader(orders, store).all({ limit: 100 })).rows;
  expect(await rowsIn(exported)).toHaveLength(11);
  expect(await rowsIn(exported)).toEqual(await rowsIn(scanned));
  expect({ ...other, durationMs: 0 }).toEqual({ ...one, durationMs: 0 });
});
