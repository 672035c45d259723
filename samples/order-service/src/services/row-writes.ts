import { createRowWrites } from '@everfold/projections';
import { dynamoDB } from './dynamodb.js';
import { surrounding } from './provided.js';
import { variable } from './variable.js';

/** What projections write the rows with. */
export const rowWrites = surrounding('rowWrites', () =>
  createRowWrites({ client: dynamoDB(), tableName: variable('READ_MODELS_TABLE') }),
);
