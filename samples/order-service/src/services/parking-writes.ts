import { createParkingWrites } from '@everfold/projections';
import { dynamoDB } from './dynamodb.js';
import { surrounding } from './provided.js';
import { variable } from './variable.js';

/** What projections park streams with that they cannot apply. */
export const parkingWrites = surrounding('parkingWrites', () =>
  createParkingWrites({ client: dynamoDB(), tableName: variable('READ_MODELS_TABLE') }),
);
