import { projectionHandler } from '@everfold/projections';
import { orderView } from '../read-models/order-view.js';
import { eventStore } from '../services/event-store.js';
import { parkingLot } from '../services/parking-lot.js';
import { readModels } from '../services/read-models.js';

export const handler = projectionHandler({
  projection: orderView,
  eventStore: eventStore(),
  readModels: readModels(),
  parking: { lot: parkingLot() },
});
