import { createStepHandler } from '@everfold/saga';
import { fulfilment } from '../fulfilment.js';
import { services } from '../services.js';

const { store, timers, provider } = services();

export const handler = createStepHandler(fulfilment, 'charge', { store, timers, services: { provider } });
