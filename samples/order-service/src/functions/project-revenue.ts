import { projectionHandler } from '@everfold/projections';
import { revenue } from '../read-models/revenue.js';
import { eventReader } from '../services/event-reader.js';
import { parkingLot } from '../services/parking-lot.js';
import { rowWrites } from '../services/row-writes.js';

export const handler = projectionHandler({
  projection: revenue,
  eventStore: eventReader(),
  readModels: rowWrites(),
  parking: { lot: parkingLot() },
});
