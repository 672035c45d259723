import { inRowProjectionHandler } from '@everfold/projections';
import { observedParking } from '../observe/hooks.js';
import { observedBatch } from '../observe/observed-batch.js';
import { orderView } from '../read-models/order-view.js';
import { eventReader } from '../services/event-reader.js';
import { inRowWrites } from '../services/in-row-writes.js';
import { parkingWrites } from '../services/parking-writes.js';

export const handler = observedBatch(
  inRowProjectionHandler({
    projection: orderView,
    eventStore: eventReader(),
    readModels: inRowWrites(),
    ...observedParking(parkingWrites()),
  }),
);
