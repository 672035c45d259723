import { projectionHandler } from '@everfold/projections';
import { tracker } from '../read-models/tracker.js';
import { eventReader } from '../services/event-reader.js';
import { parkingLot } from '../services/parking-lot.js';
import { rowWrites } from '../services/row-writes.js';

export const handler = projectionHandler({
  projection: tracker,
  eventStore: eventReader(),
  readModels: rowWrites(),
  parking: { lot: parkingLot() },
});
