import { besideRowsProjectionHandler } from '@everfold/projections';
import { observedParking } from '../observe/hooks.js';
import { observedBatch } from '../observe/observed-batch.js';
import { revenue } from '../read-models/revenue.js';
import { besideRowsWrites } from '../services/beside-rows-writes.js';
import { eventReader } from '../services/event-reader.js';
import { parkingWrites } from '../services/parking-writes.js';

export const handler = observedBatch(
  besideRowsProjectionHandler({
    projection: revenue,
    eventStore: eventReader(),
    readModels: besideRowsWrites(),
    ...observedParking(parkingWrites()),
  }),
);
