// A process that rebuilds two projections, and is killed on the way. Plain JavaScript, on the build of the packages: Node 20
// runs no TypeScript, and a process of its own is the point.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBEventStore } from '@everfold/dynamodb-store';
import { add, DynamoDBReadModelStore, defineProjection, merge, rebuild } from '@everfold/projections';

const [endpoint, events, readModels] = process.argv.slice(2);

const anything = { '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } };
const definitions = { OrderPlaced: anything, OrderCancelled: anything };

const counts = defineProjection({
  name: 'counts',
  version: 1,
  events: definitions,
  rows: {},
  on: {
    OrderPlaced: ({ stream, data }) => add(stream, { placed: 1, cents: data.cents }),
    OrderCancelled: ({ stream }) => merge(stream, { status: 'cancelled' }),
  },
});
const totals = defineProjection({
  name: 'totals',
  version: 1,
  events: definitions,
  rows: {},
  positions: 'beside-rows',
  on: { OrderPlaced: ({ data }) => add(data.day, { orders: 1, cents: data.cents }) },
});

const client = new DynamoDBClient({
  endpoint,
  region: 'local',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});
for (const projection of [counts, totals]) {
  await rebuild({
    projection,
    eventStore: new DynamoDBEventStore({ client, tableName: events }),
    readModels: new DynamoDBReadModelStore({ client, tableName: readModels }),
    segments: 16,
    unitEvents: 20,
    onProgress: ({ events: done }) => process.send({ projection: projection.rows.id, events: done }),
  });
}
client.destroy();
process.disconnect();
