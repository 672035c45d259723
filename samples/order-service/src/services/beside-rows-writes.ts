import { createBesideRowsWrites } from '@everfold/projections';
import { dynamoDB } from './dynamodb.js';
import { surrounding } from './provided.js';
import { variable } from './variable.js';

/** What projections write rows with that have their positions beside them. */
export const besideRowsWrites = surrounding('besideRowsWrites', () =>
  createBesideRowsWrites({ client: dynamoDB(), tableName: variable('READ_MODELS_TABLE') }),
);
