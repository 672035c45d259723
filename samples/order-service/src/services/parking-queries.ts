import { createParkingQueries } from '@everfold/projections';
import { dynamoDB } from './dynamodb.js';
import { surrounding } from './provided.js';
import { variable } from './variable.js';

/** What is asked which streams wait that a projection cannot apply. */
export const parkingQueries = surrounding('parkingQueries', () =>
  createParkingQueries({ client: dynamoDB(), tableName: variable('READ_MODELS_TABLE') }),
);
