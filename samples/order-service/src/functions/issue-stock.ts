import { createStepHandler } from '@everfold/saga';
import { fulfilment } from '../fulfilment.js';
import { eventStore } from '../services/event-store.js';
import { stock } from '../services/stock.js';
import { timers } from '../services/timers.js';

export const handler = createStepHandler(fulfilment, 'issue', {
  store: eventStore(),
  timers: timers(),
  services: { stock: stock() },
});
