import { createStepHandler } from '@everfold/saga';
import { fulfilment } from '../fulfilment.js';
import { onEntry } from '../observe/hooks.js';
import { observedEvent } from '../observe/observed-event.js';
import { billing } from '../services/billing.js';
import { eventStore } from '../services/event-store.js';
import { timers } from '../services/timers.js';

export const handler = observedEvent(
  createStepHandler(fulfilment, 'charge', {
    store: eventStore(),
    timers: timers(),
    onEntry,
    services: { billing: billing() },
  }),
);
