import { createPublisher } from '@everfold/eventbridge';
import { SOURCE } from '../events.js';
import { fulfilmentEvents } from '../fulfilment-events.js';
import { onFailure } from '../observe/hooks.js';
import { observedBatch } from '../observe/observed-batch.js';
import { bus } from '../services/bus.js';

/** What happens to an order is public; what happens to the stock of a product is the inventory's own business. */
export const handler = observedBatch(
  createPublisher({
    ...bus(),
    source: SOURCE,
    events: fulfilmentEvents,
    onFailure,
  }),
);
