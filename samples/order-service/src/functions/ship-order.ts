import { createStepHandler } from '@everfold/saga';
import { fulfilment } from '../fulfilment.js';
import { carrier } from '../services/carrier.js';
import { eventStore } from '../services/event-store.js';
import { timers } from '../services/timers.js';

export const handler = createStepHandler(fulfilment, 'ship', {
  store: eventStore(),
  timers: timers(),
  services: { carrier: carrier() },
});
