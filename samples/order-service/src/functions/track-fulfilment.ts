import { inRowProjectionHandler } from '@everfold/projections';
import { observedParking } from '../observe/hooks.js';
import { observedBatch } from '../observe/observed-batch.js';
import { tracker } from '../read-models/tracker.js';
import { eventReader } from '../services/event-reader.js';
import { inRowWrites } from '../services/in-row-writes.js';
import { parkingWrites } from '../services/parking-writes.js';

export const handler = observedBatch(
  inRowProjectionHandler({
    projection: tracker,
    eventStore: eventReader(),
    readModels: inRowWrites(),
    ...observedParking(parkingWrites()),
  }),
);
