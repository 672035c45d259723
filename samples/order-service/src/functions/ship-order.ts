import { createStepHandler } from '@everfold/saga';
import { fulfilment } from '../fulfilment.js';
import { onEntry } from '../observe/hooks.js';
import { observedEvent } from '../observe/observed-event.js';
import { dispatch } from '../services/dispatch.js';
import { eventStore } from '../services/event-store.js';
import { timers } from '../services/timers.js';

export const handler = observedEvent(
  createStepHandler(fulfilment, 'ship', {
    store: eventStore(),
    timers: timers(),
    onEntry,
    services: { dispatch: dispatch() },
  }),
);
