import { projectRows } from './project.js';
import { publishRow } from './publish.js';
import type { ConsumerRow } from './row.js';

/** What is done with a batch of the event table's stream, in the order of the table. */
export const consumerRows: readonly ConsumerRow[] = [...projectRows, publishRow];
