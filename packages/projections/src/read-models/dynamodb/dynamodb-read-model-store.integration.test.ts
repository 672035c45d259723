import { afterAll, describe, it } from 'vitest';
import { describeReadModelStore } from '../../testing/index.js';
import { DynamoDBReadModelStore } from './dynamodb-read-model-store.js';
import { createReadModelTable } from './read-model-table.test.fixture.js';

const table = await createReadModelTable();
afterAll(table.drop);

describeReadModelStore(
  { describe, it },
  { name: 'DynamoDBReadModelStore', create: async () => new DynamoDBReadModelStore(table) },
);
