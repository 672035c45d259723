import { createStepHandler } from '@everfold/saga';
import { fulfilment } from '../fulfilment.js';
import { eventStore } from '../services/event-store.js';
import { timers } from '../services/timers.js';

export const handler = createStepHandler(fulfilment, 'approve', { store: eventStore(), timers: timers() });
