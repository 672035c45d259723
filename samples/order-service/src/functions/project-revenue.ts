import { projectionHandler } from '@everfold/projections';
import { revenue } from '../read-models/revenue.js';
import { services } from '../services.js';

const { store, readModels, lot } = services();

export const handler = projectionHandler({ projection: revenue, eventStore: store, readModels, parking: { lot } });
