// Publishing
export { fromDelivery, toEntry } from './envelope.js';
export type { Envelope } from './envelope.js';
export { entryBytes } from './entries.js';

// Consuming
export { patternOf } from './pattern.js';
export { createBusHandler } from './consumer.js';
export type { BusHandler } from './consumer.js';

// Errors
export { InvalidEnvelopeError, PublishFailedError } from './errors.js';
