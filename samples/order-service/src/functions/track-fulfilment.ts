import { projectionHandler } from '@everfold/projections';
import { tracker } from '../read-models/tracker.js';
import { services } from '../services.js';

const { store, readModels, lot } = services();

export const handler = projectionHandler({ projection: tracker, eventStore: store, readModels, parking: { lot } });
