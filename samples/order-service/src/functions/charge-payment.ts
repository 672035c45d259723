import { createStepHandler } from '@everfold/saga';
import { fulfilment } from '../fulfilment.js';
import { eventStore } from '../services/event-store.js';
import { provider } from '../services/provider.js';
import { timers } from '../services/timers.js';

export const handler = createStepHandler(fulfilment, 'charge', {
  store: eventStore(),
  timers: timers(),
  services: { provider: provider() },
});
