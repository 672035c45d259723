import { createInRowWrites } from '@everfold/projections';
import { dynamoDB } from './dynamodb.js';
import { surrounding } from './provided.js';
import { variable } from './variable.js';

/** What projections write rows with that hold their positions. */
export const inRowWrites = surrounding('inRowWrites', () =>
  createInRowWrites({ client: dynamoDB(), tableName: variable('READ_MODELS_TABLE') }),
);
