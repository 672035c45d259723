import { createPublisher } from '@everfold/eventbridge';
import { fulfilmentEvents, SOURCE } from '../events.js';
import { bus } from '../services/bus.js';

/** What happens to an order is public; what happens to the stock of a product is the inventory's own business. */
export const handler = createPublisher({
  ...bus(),
  source: SOURCE,
  events: fulfilmentEvents,
});
