import { createSagaReader, createSweeper } from '@everfold/saga';
import { SOURCE } from '../events.js';
import { fulfilment } from '../fulfilment.js';
import { services } from '../services.js';

const { store, readModels, bus } = services();

/** Once a minute: sets going again what got stuck. */
export const handler = createSweeper(fulfilment, {
  reader: createSagaReader(fulfilment, readModels),
  store,
  bus: { client: bus.client, busName: bus.name, source: SOURCE },
});
