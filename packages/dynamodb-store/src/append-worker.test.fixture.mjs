// One of several processes that append to one stream at once. Plain JavaScript, on the build of the packages: Node 20
// runs no TypeScript, and a process of its own is the point.
import { once } from 'node:events';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createRepository, defineAggregate, isEverfoldError } from '@everfold/core';
import { DynamoDBEventStore, meterCapacity } from '@everfold/dynamodb-store';

const [endpoint, tableName, id, worker, count] = process.argv.slice(2);

const anything = { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } };

const tally = defineAggregate({
  category: 'tally',
  events: { Counted: anything },
  initial: () => ({ counted: 0 }),
  evolve: { Counted: ({ counted }) => ({ counted: counted + 1 }) },
  // Each event holds what its decision was based on: the number of events before it.
  commands: { count: ({ counted }, mark) => [{ type: 'Counted', data: { mark, before: counted } }] },
});

const client = new DynamoDBClient({
  endpoint,
  region: 'local',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});
const meter = meterCapacity(client);
const tallies = createRepository(tally, { store: new DynamoDBEventStore({ client, tableName }) });

async function countOnce(mark) {
  for (;;) {
    try {
      return await tallies.execute(id, 'count', mark);
    } catch (error) {
      if (!isEverfoldError(error, 'CONFLICT')) throw error;
    }
  }
}

// All of them begin together: each says that it is ready, and waits.
process.send('ready');
await once(process, 'message');
for (let counted = 0; counted < Number(count); counted++) await countOnce(`${worker}-${counted}`);
process.send(meter.read().requests.PutItem);
client.destroy();
process.disconnect();
