// Publishing
export { createCommitPublisher, createPublisher } from './publisher.js';
export type { PublisherOptions } from './publisher.js';
export type { Publication, PublishedAs } from './publication.js';
export { fromDelivery, toEntry } from './envelope.js';
export type { BusAddress, DeliveryOptions, Envelope, ReferenceEnvelope } from './envelope.js';
export { entryBytes } from './entries.js';
export { putEntries } from './put-entries.js';
export type { Refusal } from './put-entries.js';
export type { Logger } from './logger.js';

// Consuming
export { patternOf } from './pattern.js';
export { createBusHandler } from './consumer.js';
export type { BusContext, BusHandler, BusHandlerOptions, HandleEvent, RememberingOptions } from './consumer.js';
export type { DecidedPart, Decisions, Remember } from './remember.js';

// For whoever speaks CloudEvents
export { fromCloudEvent, toCloudEvent } from './cloud-event.js';
export type { CloudEvent } from './cloud-event.js';

// Errors
export {
  EventTooLargeError,
  InvalidCloudEventError,
  InvalidEnvelopeError,
  PublishFailedError,
  UnresolvedReferenceError,
} from './errors.js';
