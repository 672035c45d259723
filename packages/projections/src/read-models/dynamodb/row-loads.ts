import type { RowLoads } from '../read-model-store.js';
import { getEach } from './batch-get.js';
import { fromRowItem, rowKey } from './row-item.js';
import type { DynamoDBReadModelStoreOptions } from './store-options.js';

/** What rows are read with by those who write them. */
export function createRowLoads(options: DynamoDBReadModelStoreOptions): RowLoads {
  return {
    load: (rows, keys) => getEach(options, keys, (key) => rowKey(rows, key), fromRowItem),
  };
}
