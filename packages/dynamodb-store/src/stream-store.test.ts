import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type Append, type Commit, startOf } from '@everfold/core';
import { expect, test } from 'vitest';
import { DynamoDBEventStore } from './store.js';
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

test.each([DynamoDBStreamStore, DynamoDBEventStore])(
  'a transaction of one append is the append of %o',
  async (Store) => {
    const appended: Append[] = [];
    class Audited extends Store {
      override async append(append: Append): Promise<Commit> {
        appended.push(append);
        throw new Error('heard');
      }
    }
    const store = new Audited({ client: new DynamoDBClient({ region: 'local' }), tableName: 'events' });
    const append = {
      after: startOf('order-1'),
      events: [{ type: 'Placed', data: {} }],
      metadata: { correlationId: 'c', causationId: 'k' },
    };

    await expect(store.transact([append])).rejects.toThrow('heard');
    expect(appended).toEqual([append]);
  },
);
