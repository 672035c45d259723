import { createStepHandler } from '@everfold/saga';
import { fulfilment } from '../fulfilment.js';
import { services } from '../services.js';

const { store, timers } = services();

export const handler = createStepHandler(fulfilment, 'approve', { store, timers });
