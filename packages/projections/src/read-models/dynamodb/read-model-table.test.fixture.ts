import { CreateTableCommand, DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { systemIds } from '@everfold/core';
import { createTestClient, type TestTable } from '@everfold/dynamodb-store/testing';
import { readModelTable } from './table.js';

/** Creates a read-model table under a name that no other test has, with a client of its own. */
export async function createReadModelTable(): Promise<TestTable> {
  const client = createTestClient();
  const table = readModelTable(`read-models-${systemIds()}`);
  await client.send(new CreateTableCommand(table));
  return {
    client,
    tableName: table.TableName,
    drop: async () => {
      await client.send(new DeleteTableCommand({ TableName: table.TableName }));
      client.destroy();
    },
  };
}
