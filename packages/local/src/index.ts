// A service on one machine
export { startHost } from './host.js';
export type { HostOptions, LocalHost } from './host.js';
export { createTables } from './tables.js';
export { fileDeadLetters } from './dead-letters.js';
export type { DeadLetter, DeadLetters } from './dead-letters.js';
export { StateInUseError } from './state/state-in-use-error.js';
export { StateUnreadableError } from './state/state-unreadable-error.js';
export type { KeptMap } from './state/kept-map.js';
export type { LineLogOptions } from './state/line-log.js';

// DynamoDB, found or started
export { startDynamoDB } from './dynamodb/start-dynamodb.js';
export type { RunningDynamoDB, StartOptions } from './dynamodb/start-dynamodb.js';
export type { Backend, ServedBackend } from './dynamodb/choose-backend.js';
export { NoBackendError } from './dynamodb/no-backend-error.js';
export type { Refusal } from './dynamodb/no-backend-error.js';

// The table's stream, and what stands in for it
export { followStream } from './streams/follow-stream.js';
export type { FollowedStream, FollowOptions } from './streams/follow-stream.js';
export type { StreamConsumer } from './streams/stream-consumer.js';
export { tableStream } from './streams/table-stream.js';
export type { TableStreamOptions } from './streams/table-stream.js';
export { RecordFeed } from './streams/record-feed.js';
export type { SequencedRecord, StreamSource } from './streams/source.js';
export { InMemoryCheckpoints } from './streams/checkpoints.js';
export { openFileCheckpoints } from './streams/file-checkpoints.js';
export type { FileCheckpoints } from './streams/file-checkpoints.js';
export type { Checkpoint, CheckpointKey, Checkpoints } from './streams/checkpoints.js';
export { standardErrorLog } from './streams/log.js';
export type { Log } from './streams/log.js';

// The event bus
export { EventBus } from './bus/event-bus.js';
export type { BusCounts, EventBusOptions } from './bus/event-bus.js';
export { FileJournal } from './bus/file-journal.js';
export { InMemoryJournal } from './bus/journal.js';
export type { BusJournal, Dispatch, JournalEntry } from './bus/journal.js';
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

// The scheduler
export { Scheduler } from './schedules/scheduler.js';
export type { ScheduleName, SchedulerOptions } from './schedules/scheduler.js';
export type { Schedule, ScheduleRequest } from './schedules/schedule.js';
export { SchedulerRefusedError } from './schedules/scheduler-refused-error.js';
export { serveScheduler } from './schedules/serve-scheduler.js';
export type { SchedulerServer, ServeSchedulerOptions } from './schedules/serve-scheduler.js';

// HTTP
export { HttpApi } from './http/http-api.js';
export type { HttpAccess, HttpApiOptions, HttpRoute } from './http/http-api.js';
export type { JwtConfiguration } from './http/jwt-authorizer.js';
export { startTokenIssuer } from './http/token-issuer.js';
export type { TokenIssuer, TokenIssuerOptions, TokenRequest } from './http/token-issuer.js';
export { serveHttp } from './http/serve-http.js';
export type { HttpServer, ServeHttpOptions } from './http/serve-http.js';
export { PortInUseError } from './http/port-in-use-error.js';

// WebSockets
export { SocketApi } from './sockets/socket-api.js';
export type { Admission, ConnectionState, Ears, SocketApiOptions, SocketRoute, Wire } from './sockets/socket-api.js';
export type { ConnectionFacts, Handshake, SocketEvent } from './sockets/socket-event.js';
export { serveSockets } from './sockets/serve-sockets.js';
export type { SocketServer } from './sockets/serve-sockets.js';
export { serveConnections } from './sockets/serve-connections.js';
export type { ConnectionsServer } from './sockets/serve-connections.js';

// Functions
export { lambdaContext } from './lambda-context.js';
export type { Invocation, LambdaHandler } from './lambda-context.js';
