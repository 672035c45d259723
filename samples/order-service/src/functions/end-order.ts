import { createEndHandler } from '@everfold/saga';
import { fulfilment } from '../fulfilment.js';
import { onEnd } from '../observe/hooks.js';
import { observedEvent } from '../observe/observed-event.js';
import { eventStore } from '../services/event-store.js';

export const handler = observedEvent(createEndHandler(fulfilment, { store: eventStore(), onEnd }));
