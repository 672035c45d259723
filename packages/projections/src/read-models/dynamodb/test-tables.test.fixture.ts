import { CreateTableCommand, DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { systemIds } from '@everfold/core';
import { eventTable } from '@everfold/dynamodb-store';
import { readModelTable } from './table.js';

/** A client of the DynamoDB that tests run against. */
export function testClient(): DynamoDBClient {
  const endpoint = process.env.DYNAMODB_ENDPOINT;
  if (endpoint === undefined) throw new Error('DYNAMODB_ENDPOINT is not set: run this with the integration project.');
  return new DynamoDBClient({
    endpoint,
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
}

/** Makes a read-model table and an event table; `close` deletes them. */
export async function createTestTables(client = testClient()) {
  const suffix = systemIds();
  const tables = [readModelTable(`read-models-${suffix}`), eventTable(`events-${suffix}`)] as const;
  await Promise.all(tables.map((table) => client.send(new CreateTableCommand(table))));
  return {
    client,
    readModels: tables[0].TableName,
    events: tables[1].TableName,
    close: async () => {
      await Promise.all(tables.map(({ TableName }) => client.send(new DeleteTableCommand({ TableName }))));
      client.destroy();
    },
  };
}
