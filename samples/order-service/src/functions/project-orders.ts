import { projectionHandler } from '@everfold/projections';
import { orderView } from '../read-models/order-view.js';
import { eventReader } from '../services/event-reader.js';
import { parkingLot } from '../services/parking-lot.js';
import { rowWrites } from '../services/row-writes.js';

export const handler = projectionHandler({
  projection: orderView,
  eventStore: eventReader(),
  readModels: rowWrites(),
  parking: { lot: parkingLot() },
});
