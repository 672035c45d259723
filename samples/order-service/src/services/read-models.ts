import { createRowQueries } from '@everfold/projections';
import { dynamoDB } from './dynamodb.js';
import { surrounding } from './provided.js';
import { variable } from './variable.js';

/** The rows that requests are answered from. */
export const readModels = surrounding('readModels', () =>
  createRowQueries({ client: dynamoDB(), tableName: variable('READ_MODELS_TABLE') }),
);
