import { afterAll, describe, it } from 'vitest';
import { describeReadModelStore } from '../../testing/index.js';
import { DynamoDBReadModelStore } from './dynamodb-read-model-store.js';
import { createTestTables } from './test-tables.test.fixture.js';

const tables = await createTestTables();
afterAll(() => tables.close());

describeReadModelStore(
  { describe, it },
  {
    name: 'DynamoDBReadModelStore',
    create: async () => new DynamoDBReadModelStore({ client: tables.client, tableName: tables.readModels }),
  },
);
