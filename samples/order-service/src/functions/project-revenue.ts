import { projectionHandler } from '@everfold/projections';
import { revenue } from '../read-models/revenue.js';
import { eventStore } from '../services/event-store.js';
import { parkingLot } from '../services/parking-lot.js';
import { readModels } from '../services/read-models.js';

export const handler = projectionHandler({
  projection: revenue,
  eventStore: eventStore(),
  readModels: readModels(),
  parking: { lot: parkingLot() },
});
