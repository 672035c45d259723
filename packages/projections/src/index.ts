// Projections: how rows come out of events
export { defineProjection } from './projection.js';
export type { EventHandlers, Positions, Projection, ProjectionDefinition } from './projection.js';
export { defineRows, rowsOf } from './projection-rows.js';
export type { ProjectionRows, RowsDefinition, RowType } from './projection-rows.js';
export { add, merge, put, remove, update } from './changes.js';
export type { Add, Amounts, Change, Changes, Merge, Put, Remove, Row, Update } from './changes.js';

// Keeping the rows up to date
export { besideRowsProjectionHandler, inRowProjectionHandler, projectionHandler } from './handler.js';
export type {
  BesideRowsHandlerOptions,
  InRowHandlerOptions,
  ProjectionHandlerOptions,
  ProjectionListeners,
} from './handler.js';
export { createProjector } from './apply/projector.js';
export type { ProjectingOptions, ProjectorOptions } from './apply/projector.js';
export type { AppliedBatch, AppliedListener } from './lag.js';

// Writing elsewhere
export { sinkHandler } from './sinks/sink-handler.js';
export type { SinkHandlerOptions } from './sinks/sink-handler.js';
export type { Sink, SinkEntry, SinkOutcome } from './sinks/sink.js';

// Building the rows from everything recorded
export { rebuild } from './rebuild/rebuild.js';
export type { RebuildFromOptions, RebuildOptions, Rebuilt } from './rebuild/rebuild.js';
export { rebuildFromExport } from './rebuild/export/rebuild-from-export.js';
export type { RebuildFromExportOptions } from './rebuild/export/rebuild-from-export.js';
export { countItems } from './rebuild/count-items.js';
export { rebuildBarFormat, showRebuild } from './rebuild/progress.js';
export type { Bar, RebuildProgress } from './rebuild/progress.js';
export type { FailedStream } from './rebuild/rebuild-record.js';

// Versions beside one another
export { createLiveProjector } from './versions/live-projector.js';
export { inTurn } from './versions/in-turn.js';
export { createVersionedReader } from './versions/versioned-reader.js';
export type { VersionedReaderOptions } from './versions/versioned-reader.js';
export { switchReads } from './versions/switch-reads.js';
export type { SwitchReadsOptions } from './versions/switch-reads.js';
export type { Serving } from './versions/serving.js';
export { dropVersion } from './versions/drop-version.js';
export type { DropVersionOptions } from './versions/drop-version.js';
export type { DropOptions, DropProgress, RowSetRemover } from './read-models/row-set-remover.js';

// Streams that keep failing: how they are parked, and what is done about it
export { createParkingDesk } from './parking/desk.js';
export type { Inspection, ParkingDesk, ParkingDeskOptions, RetryOutcome, SkipRequest } from './parking/desk.js';
export { logParking } from './parking/notice.js';
export type { ParkingListener, ParkingNotice } from './parking/notice.js';
export type { ParkingOptions } from './parking/parking.js';
export { DynamoDBParkingLot } from './parking/dynamodb/dynamodb-parking-lot.js';
export { createParkingQueries } from './parking/dynamodb/parking-queries.js';
export { createParkingWrites } from './parking/dynamodb/parking-writes.js';
export type { DynamoDBParkingLotOptions } from './parking/dynamodb/parking-writes.js';
export { InMemoryParkingLot } from './parking/in-memory-parking-lot.js';
export type {
  Attempts,
  Counted,
  ParkedStream,
  ParkingLot,
  ParkingPage,
  ParkingQueries,
  ParkingWrites,
  SkippedCommit,
  Standing,
  StandingWrite,
  StuckCommit,
} from './parking/parking-lot.js';
export type { ErrorReport } from './parking/error-report.js';
export type { SkippedVersions } from './parking/skips.js';

// Reading the rows
export { createReader } from './reader.js';
export type { Reader } from './reader.js';
export { waitFor } from './wait-for.js';
export type { WaitForOptions } from './wait-for.js';

// The store of the rows: the port, on DynamoDB and in memory
export { DynamoDBReadModelStore } from './read-models/dynamodb/dynamodb-read-model-store.js';
export { createBesideRowsWrites } from './read-models/dynamodb/beside-rows-writes.js';
export { createInRowWrites } from './read-models/dynamodb/in-row-writes.js';
export { createRowQueries } from './read-models/dynamodb/row-queries.js';
export { createRowWrites } from './read-models/dynamodb/row-writes.js';
export type { DynamoDBReadModelStoreOptions } from './read-models/dynamodb/store-options.js';
export { readModelTable, readModelTableTimeToLive } from './read-models/dynamodb/table.js';
export { InMemoryReadModelStore } from './read-models/in-memory-read-model-store.js';
export type {
  Advance,
  AllRequest,
  Applied,
  AppliedVersions,
  BesideRowsWrites,
  Increment,
  InRowWrites,
  Listed,
  ListRequest,
  Page,
  PageRequest,
  ReadModelStore,
  RowLoads,
  RowQueries,
  RowSet,
  RowWrite,
  RowWrites,
  SaveOutcome,
  StoredRow,
  Transaction,
  TransactOutcome,
} from './read-models/read-model-store.js';

// Errors
export {
  NotParkedError,
  NotYetProjectedError,
  ReadModelContendedError,
  ReadModelRefusedError,
  SinkRefusedError,
} from './errors.js';
export { RebuildIncompleteError, RebuildTakenOverError } from './rebuild/errors.js';
export { SwitchRefusedError, VersionInUseError, VersionUnknownError } from './versions/errors.js';
export { ExportIncompleteError, ExportUnreadableError } from './rebuild/export/errors.js';
