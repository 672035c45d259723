// Publishing
export { createPublisher } from './publisher.js';
export type { PublisherOptions } from './publisher.js';
export { fromDelivery, toEntry } from './envelope.js';
export type { Envelope } from './envelope.js';
export { entryBytes } from './entries.js';

// Consuming
export { patternOf } from './pattern.js';
export { createBusHandler } from './consumer.js';
export type { BusHandler } from './consumer.js';

// Errors
export { EventTooLargeError, InvalidEnvelopeError, PublishFailedError } from './errors.js';
