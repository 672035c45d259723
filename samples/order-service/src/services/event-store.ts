import { DynamoDBStreamStore } from '@everfold/dynamodb-store';
import { observedStore } from '../observe/hooks.js';
import { dynamoDB } from './dynamodb.js';
import { once, surrounding } from './provided.js';
import { variable } from './variable.js';

const recorded = surrounding(
  'eventStore',
  () => new DynamoDBStreamStore({ client: dynamoDB(), tableName: variable('EVENTS_TABLE') }),
);

/** The events of the service: for those who append some. */
export const eventStore = once(() => observedStore(recorded()));
