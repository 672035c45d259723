// A service on one machine
export { startHost } from './host.js';
export type { HostOptions, LocalHost } from './host.js';
export { createTables } from './tables.js';
export { fileDeadLetters } from './dead-letters.js';
export type { DeadLetter, DeadLetters } from './dead-letters.js';

// DynamoDB, found or started
export { NoBackendError, startDynamoDB } from './dynamodb/index.js';
export type { Backend, Refusal, RunningDynamoDB, ServedBackend, StartOptions } from './dynamodb/index.js';

// The table's stream, and what stands in for it
export { followStream, InMemoryCheckpoints, RecordFeed, standardErrorLog, tableStream } from './streams/index.js';
export type {
  Checkpoint,
  CheckpointKey,
  Checkpoints,
  FollowedStream,
  FollowOptions,
  Log,
  SequencedRecord,
  StreamConsumer,
  StreamSource,
  TableStreamOptions,
} from './streams/index.js';

// The event bus
export { EventBus } from './bus/event-bus.js';
export type { BusCounts, EventBusOptions } from './bus/event-bus.js';
export type { BusEvent } from './bus/bus-event.js';
export type { BusRule } from './bus/bus-rule.js';
export { randomFaults } from './bus/faults.js';
export type { FaultRates, Faults } from './bus/faults.js';
export type { PutEventsEntry, PutEventsRequest, PutEventsResult } from './bus/put-events.js';
export { PutEventsRefusedError } from './bus/put-events-refused-error.js';
export { serveBus } from './bus/serve-bus.js';
export type { BusServer, ServeBusOptions } from './bus/serve-bus.js';
export { compilePattern } from './bus/pattern/compile-pattern.js';
export { InvalidPatternError } from './bus/pattern/invalid-pattern-error.js';

// HTTP
export { HttpApi } from './http/http-api.js';
export type { HttpApiOptions, HttpRoute } from './http/http-api.js';
export { serveHttp } from './http/serve-http.js';
export type { HttpServer, ServeHttpOptions } from './http/serve-http.js';
export { PortInUseError } from './http/port-in-use-error.js';
export { lambdaContext } from './lambda-context.js';
export type { Invocation, LambdaHandler } from './lambda-context.js';
