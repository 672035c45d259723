// Aggregates: what happens, and how it changes the state
export { defineEvents, isReserved, validateEvent } from './events.js';
export type { EventData, EventOf, EventSchemas, NewEvent, RecordedEvent, RecordedEventOf } from './events.js';
export { defineAggregate } from './aggregate.js';
export type { Aggregate, CommandInput, Commands, Evolve } from './aggregate.js';
export { createRepository } from './repository.js';
export type { Executed, ExecuteOptions, Loaded, Repository, RepositoryOf, RepositoryOptions } from './repository.js';
export { causedBy, completeMetadata } from './metadata.js';
export type { CommandMetadata, Metadata } from './metadata.js';

// Streams and the port to the store that keeps them
export { categoryOf, idOf, streamName } from './stream.js';
export { checkFollows, endOf, recordedEvents, startOf, toCommit, toCommits } from './commit.js';
export type { Append, Commit, Decision, Position } from './commit.js';
export type { EventStore, ReadRange } from './event-store.js';
export { InMemoryEventStore } from './in-memory-store.js';
export type { ChangeListener } from './in-memory-store.js';

// The functions of a service, for every host
export { defineFunctions } from './wiring.js';
export type {
  BusTrigger,
  EventPattern,
  FunctionDefinition,
  HttpTrigger,
  PatternValue,
  StreamTrigger,
  Trigger,
} from './wiring.js';

// Ports and small things that the other packages share
export { systemClock, systemIds, systemRandom } from './ports.js';
export type { Clock, IdGenerator, Random } from './ports.js';
export { jitteredDelay } from './backoff.js';
export type { Backoff } from './backoff.js';
export { findJsonFlaw } from './json.js';
export type { Json, JsonFlaw } from './json.js';

// Errors
export {
  CommitTooLargeError,
  ConflictError,
  EverfoldError,
  InvalidArgumentError,
  InvalidEventError,
  isEverfoldError,
  RejectedError,
  StreamCorruptedError,
  UnknownEventError,
  VersionMismatchError,
} from './errors.js';
export type { ErrorTraits, Problem } from './errors.js';
