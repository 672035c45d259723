import { createEndHandler } from '@everfold/saga';
import { fulfilment } from '../fulfilment.js';
import { onEnd } from '../observe/hooks.js';
import { observed } from '../observe/observed.js';
import { eventStore } from '../services/event-store.js';

export const handler = observed(createEndHandler(fulfilment, { store: eventStore(), onEnd }));
