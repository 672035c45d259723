import { createSagaReader, createSweeper } from '@everfold/saga';
import { SOURCE } from '../events.js';
import { fulfilment } from '../fulfilment.js';
import { bus } from '../services/bus.js';
import { eventReader } from '../services/event-reader.js';
import { readModels } from '../services/read-models.js';

/** Once a minute: sets going again what got stuck. */
export const handler = createSweeper(fulfilment, {
  reader: createSagaReader(fulfilment, readModels()),
  store: eventReader(),
  bus: { ...bus(), source: SOURCE },
});
