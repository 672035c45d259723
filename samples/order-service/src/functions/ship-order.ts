import { createStepHandler } from '@everfold/saga';
import { fulfilment } from '../fulfilment.js';
import { services } from '../services.js';

const { store, timers, carrier } = services();

export const handler = createStepHandler(fulfilment, 'ship', { store, timers, services: { carrier } });
