import { projectionHandler } from '@everfold/projections';
import { orderView } from '../read-models/order-view.js';
import { services } from '../services.js';

const { store, readModels, lot } = services();

export const handler = projectionHandler({ projection: orderView, eventStore: store, readModels, parking: { lot } });
