import { createStepHandler } from '@everfold/saga';
import { fulfilment } from '../fulfilment.js';
import { services } from '../services.js';

const { store, provider } = services();

export const handler = createStepHandler(fulfilment, 'charge', { store, services: { provider } });
