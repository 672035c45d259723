import { projectionHandler } from '@everfold/projections';
import { tracker } from '../read-models/tracker.js';
import { eventStore } from '../services/event-store.js';
import { parkingLot } from '../services/parking-lot.js';
import { readModels } from '../services/read-models.js';

export const handler = projectionHandler({
  projection: tracker,
  eventStore: eventStore(),
  readModels: readModels(),
  parking: { lot: parkingLot() },
});
