import { createStepHandler } from '@everfold/saga';
import { fulfilment } from '../fulfilment.js';
import { services } from '../services.js';

const { store, timers, stock } = services();

export const handler = createStepHandler(fulfilment, 'issue', { store, timers, services: { stock } });
