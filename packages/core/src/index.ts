// Aggregates: what happens, and how it changes the state
export { checkEvent, defineEvents, encodeEvent, isReserved, validateEvent } from './events.js';
export type { EventData, EventOf, EventSchemas, NewEvent, RecordedEvent, RecordedEventOf } from './events.js';
export { evolving, revisionOf } from './evolution/evolving.js';
export type {
  EventCodec,
  Evolution,
  Evolving,
  EvolvingEncoded,
  EvolvingSchema,
  UpcasterChain,
  Upcasters,
} from './evolution/evolving.js';
export { severalEvents } from './evolution/several-events.js';
export type { SeveralEvents } from './evolution/several-events.js';
export { validateReads } from './evolution/validate-reads.js';
export type { ValidatedReads } from './evolution/validate-reads.js';
export { readEvents } from './evolution/read-events.js';
export type { ReadPolicy } from './evolution/read-events.js';
export { defineAggregate } from './aggregate.js';
export type { Aggregate, CommandArguments, CommandInput, Commands, Evolve } from './aggregate.js';
export type { SnapshotPolicy, StateCodec } from './snapshot-policy.js';
export { createDecider } from './decider.js';
export type { Decider, DeciderOf, DeciderOptions, Loaded, LoadOptions } from './decider.js';
export { createRepository } from './repository.js';
export type {
  Executed,
  ExecuteOptions,
  Repository,
  RepositoryOf,
  RepositoryOptions,
} from './repository.js';
export { loadAsOf } from './load-as-of.js';
export type { AsOf, PastState } from './load-as-of.js';
export { resnapshot } from './resnapshot.js';
export type { Resnapshotted } from './resnapshot.js';
export type { RetryOptions } from './retry.js';
export { StateCache } from './cache.js';
export type { StateCacheOptions } from './cache.js';
export { decideTogether } from './unit-of-work/decide-together.js';
export type { Together, TogetherOptions } from './unit-of-work/decide-together.js';
export type {
  StreamUnitOfWork,
  Underway,
  UnderwayDecided,
  UnitExecuteOptions,
  UnitLoadOptions,
  UnitOfWork,
} from './unit-of-work/unit-of-work.js';
export type { Decidable, ExpectedVersion } from './decision.js';
export type { Stateful } from './stream-state.js';
export { causedBy, completeMetadata } from './metadata.js';
export type { CommandMetadata, Metadata } from './metadata.js';

// Streams and the port to the store that keeps them
export { categoryOf, checkCategory, idOf, streamName } from './stream.js';
export { endOf, isTombstone, recordedEvents, startOf } from './commit.js';
export type {
  Append,
  Commit,
  CommitEvents,
  Decision,
  Position,
  Snapshot,
  SnapshotSkipped,
  SnapshotSkippedListener,
} from './commit.js';
export type { Check, StreamPart } from './transaction.js';
export type { Claim, ClaimKey, Release, TransactionPart } from './claims.js';
export type {
  EventStore,
  Latest,
  LoadQuery,
  ReadRange,
  ScanOptions,
  ScanPage,
  ScanProgress,
  StreamStore,
} from './event-store.js';
export { listenToAppends } from './listen-to-appends.js';
export type { AppendListener, AppendReport } from './listen-to-appends.js';
export { InMemoryEventStore } from './in-memory-store.js';
export type { ChangeListener, InMemoryEventStoreOptions } from './in-memory-store.js';

// For those who write a store: what every store begins with
export { carriedState, checkFollows, deletionAfter, restOf, toCommit } from './commit.js';
export { isAppend, onlyAppend, prepareStreamPart, prepareTransaction } from './transaction.js';
export type { PreparedStreamPart, PreparedTransaction, PreparePart } from './transaction.js';
export { checkClaimKey, preparePart } from './claims.js';
export type { PreparedClaim, PreparedPart } from './claims.js';
export { checkPosition, checkRange, checkScan } from './reading.js';
export { readCursor, writeCursor } from './scan-cursor.js';
export type { SegmentStates } from './scan-cursor.js';

// The functions of a service, for every host
export { defineFunctions, rateMs } from './wiring.js';
export type {
  BusTrigger,
  EventPattern,
  FunctionDefinition,
  HttpTrigger,
  LeavesOut,
  PatternValue,
  Rate,
  StreamTrigger,
  TimerTrigger,
  Touches,
  Trigger,
  WebSocketTrigger,
} from './wiring.js';
export { defineCors } from './cors.js';
export type { CorsConfiguration } from './cors.js';

// Ports and small things that the other packages share
export { systemClock, systemIds, systemRandom } from './ports.js';
export type { Clock, IdGenerator, Random } from './ports.js';
export { jitteredDelay } from './backoff.js';
export type { Backoff } from './backoff.js';
export { retryOf } from './retry.js';
export type { Retry } from './retry.js';
export { defined } from './defined.js';
export type { Defined } from './defined.js';
export { checkWholeNumber } from './whole-number.js';
export { findJsonFlaw } from './json.js';
export type { Json, JsonFlaw } from './json.js';

// Errors
export {
  ClaimTakenError,
  CommitTooLargeError,
  ConflictError,
  EverfoldError,
  InvalidArgumentError,
  InvalidEventError,
  isEverfoldError,
  RejectedError,
  StreamCorruptedError,
  StreamDeletedError,
  StreamNotFoundError,
  ThrottledError,
  UnavailableError,
  UnknownEventError,
  VersionMismatchError,
  VersionNotFoundError,
} from './errors.js';
export type { EverfoldErrorOptions, Problem } from './errors.js';
export { NewerRevisionError, UnreadableEventError } from './evolution/errors.js';
export type { EventPlace } from './evolution/errors.js';
