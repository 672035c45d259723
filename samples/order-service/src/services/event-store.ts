import { DynamoDBEventStore } from '@everfold/dynamodb-store';
import { dynamoDB } from './dynamodb.js';
import { surrounding } from './provided.js';
import { variable } from './variable.js';

/** The events of the service. */
export const eventStore = surrounding(
  'eventStore',
  () => new DynamoDBEventStore({ client: dynamoDB(), tableName: variable('EVENTS_TABLE') }),
);
