import { DynamoDBConnections } from '../connections/dynamodb-connections.js';
import { clock } from './clock.js';
import { dynamoDB } from './dynamodb.js';
import { surrounding } from './provided.js';
import { variable } from './variable.js';

/** Who is connected, and as whom. */
export const connections = surrounding(
  'connections',
  () => new DynamoDBConnections({ client: dynamoDB(), tableName: variable('CONNECTIONS_TABLE'), clock: clock() }),
);
