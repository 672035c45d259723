import { createEndHandler } from '@everfold/saga';
import { fulfilment } from '../fulfilment.js';
import { eventStore } from '../services/event-store.js';

export const handler = createEndHandler(fulfilment, { store: eventStore() });
