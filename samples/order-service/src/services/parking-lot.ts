import { DynamoDBParkingLot } from '@everfold/projections';
import { dynamoDB } from './dynamodb.js';
import { surrounding } from './provided.js';
import { variable } from './variable.js';

/** Where a stream waits that a projection cannot apply. */
export const parkingLot = surrounding(
  'parkingLot',
  () => new DynamoDBParkingLot({ client: dynamoDB(), tableName: variable('READ_MODELS_TABLE') }),
);
