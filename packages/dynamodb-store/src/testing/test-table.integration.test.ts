import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test, vi } from 'vitest';
import { eventTable } from '../table.js';
import { createTestClient, createTestTable } from './test-table.js';

describe('a test table', () => {
  test('is an event table with a name of its own, until it is dropped', async () => {
    const [one, other] = await Promise.all([createTestTable(), createTestTable()]);

    expect(one.tableName).not.toBe(other.tableName);
    const { Table } = await other.client.send(new DescribeTableCommand({ TableName: one.tableName }));
    const { KeySchema, StreamSpecification } = eventTable(one.tableName);
    expect(Table).toMatchObject({ TableStatus: 'ACTIVE', KeySchema, StreamSpecification });

    await one.drop();
    await expect(other.client.send(new DescribeTableCommand({ TableName: one.tableName }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    await other.drop();
  });

  test.each([undefined, ''])('is not made where DYNAMODB_ENDPOINT is %j', async (endpoint) => {
    vi.stubEnv('DYNAMODB_ENDPOINT', endpoint);

    await expect(createTestTable()).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(() => createTestClient()).toThrow('Set DYNAMODB_ENDPOINT');

    vi.unstubAllEnvs();
  });
});
