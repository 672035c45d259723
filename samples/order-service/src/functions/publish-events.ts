import { createPublisher } from '@everfold/eventbridge';
import { fulfilmentEvents, SOURCE } from '../events.js';
import { services } from '../services.js';

const { bus } = services();

/** What happens to an order is public; what happens to the stock of a product is the inventory's own business. */
export const handler = createPublisher({
  client: bus.client,
  busName: bus.name,
  source: SOURCE,
  events: fulfilmentEvents,
});
