import { createStepHandler } from '@everfold/saga';
import { fulfilment } from '../fulfilment.js';
import { onEntry } from '../observe/hooks.js';
import { observedEvent } from '../observe/observed-event.js';
import { eventStore } from '../services/event-store.js';
import { timers } from '../services/timers.js';
import { warehouse } from '../services/warehouse.js';

export const handler = observedEvent(
  createStepHandler(fulfilment, 'reserve', {
    store: eventStore(),
    timers: timers(),
    onEntry,
    services: { warehouse: warehouse() },
  }),
);
