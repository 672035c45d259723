import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { startOf } from '@everfold/core';
import { expect, test } from 'vitest';
import { DynamoDBStreamStore } from './stream-store.js';

test('a store of streams refuses a claim before anything is sent, and names the store that takes it', async () => {
  const store = new DynamoDBStreamStore({ client: new DynamoDBClient({ region: 'local' }), tableName: 'events' });
  const append = { after: startOf('order-1'), events: [{ type: 'Placed', data: {} }], metadata: {} };
  const claim = { claim: { name: 'email', value: 'ada@example.com' }, by: 'order-1' };
  const parts = JSON.parse(JSON.stringify([append, claim]));

  await expect(store.transact(parts)).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: expect.stringContaining('Claims and releases are for a whole EventStore'),
  });
});
