import { createStreamReader } from '@everfold/dynamodb-store';
import { dynamoDB } from './dynamodb.js';
import { surrounding } from './provided.js';
import { variable } from './variable.js';

/** The events of the service: for those who only read them. */
export const eventReader = surrounding('eventReader', () =>
  createStreamReader({ client: dynamoDB(), tableName: variable('EVENTS_TABLE') }),
);
