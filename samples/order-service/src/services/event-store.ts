import { DynamoDBStreamStore } from '@everfold/dynamodb-store';
import { dynamoDB } from './dynamodb.js';
import { surrounding } from './provided.js';
import { variable } from './variable.js';

/** The events of the service: for those who append some. */
export const eventStore = surrounding(
  'eventStore',
  () => new DynamoDBStreamStore({ client: dynamoDB(), tableName: variable('EVENTS_TABLE') }),
);
