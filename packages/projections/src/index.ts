// Projections: how rows come out of events
export { defineProjection, rowsOf } from './projection.js';
export type { EventHandlers, Positions, Projection, ProjectionDefinition, RowType } from './projection.js';
export { add, merge, put, remove, update } from './changes.js';
export type { Add, Amounts, Change, Changes, Merge, Put, Remove, Row, Update } from './changes.js';

// Keeping the rows up to date
export { projectionHandler } from './handler.js';
export type { ProjectionHandlerOptions } from './handler.js';
export { createProjector } from './apply/projector.js';
export type { ProjectorOptions } from './apply/projector.js';

export type { AppliedBatch, AppliedListener } from './lag.js';

// Writing elsewhere
export { sinkHandler } from './sinks/sink-handler.js';
export type { SinkHandlerOptions } from './sinks/sink-handler.js';
export type { Sink, SinkEntry, SinkOutcome } from './sinks/sink.js';

// Reading the rows
export { createReader } from './reader.js';
export type { Reader } from './reader.js';
export { waitFor } from './wait-for.js';
export type { WaitForOptions } from './wait-for.js';

// The store of the rows: the port, on DynamoDB and in memory
export { DynamoDBReadModelStore } from './read-models/dynamodb/dynamodb-read-model-store.js';
export type { DynamoDBReadModelStoreOptions } from './read-models/dynamodb/dynamodb-read-model-store.js';
export { readModelTable } from './read-models/dynamodb/table.js';
export { InMemoryReadModelStore } from './read-models/in-memory-read-model-store.js';
export type {
  Advance,
  AllRequest,
  Applied,
  AppliedVersions,
  Increment,
  Listed,
  ListRequest,
  Page,
  PageRequest,
  ReadModelStore,
  RowSet,
  RowWrite,
  SaveOutcome,
  StoredRow,
  Transaction,
  TransactOutcome,
} from './read-models/read-model-store.js';

// Errors
export {
  NotYetProjectedError,
  ReadModelContendedError,
  ReadModelRefusedError,
  SinkRefusedError,
} from './errors.js';
