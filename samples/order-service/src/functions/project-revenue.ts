import { projectionHandler } from '@everfold/projections';
import { observedParking } from '../observe/hooks.js';
import { observed } from '../observe/observed.js';
import { revenue } from '../read-models/revenue.js';
import { eventReader } from '../services/event-reader.js';
import { parkingWrites } from '../services/parking-writes.js';
import { rowWrites } from '../services/row-writes.js';

export const handler = observed(
  projectionHandler({
    projection: revenue,
    eventStore: eventReader(),
    readModels: rowWrites(),
    ...observedParking(parkingWrites()),
  }),
);
