// The event store
export { DynamoDBEventStore } from './store.js';
export { DynamoDBStreamStore } from './stream-store.js';
export { createStreamReader } from './read-stream.js';
export type { StreamReaderOptions } from './read-stream.js';
export type { DynamoDBEventStoreOptions } from './store-context.js';
export type { OperationListener, OperationReport } from './connection.js';
export { eventTable, eventTableTimeToLive } from './table.js';
export { RequestRefusedError, throttled, throwTranslated, translate } from './failures.js';
export { unlogged } from './unlogged.js';

// Its items, as the table and its stream hold them
export { fromItem, toItem } from './commit-item.js';
export { itemBytes } from './item-bytes.js';
export type { CommitItem } from './commit-item.js';
export { decodeStreamRecord, encodeStreamRecord, readRecordHead } from './stream-record.js';
export type { RecordHead } from './stream-record.js';

// Consuming the table's stream
export { createStreamConsumer, eachStream } from './consumer/stream-consumer.js';
export type { HandleCommits, HandleStream, StreamConsumerOptions, StreamHandler } from './consumer/stream-consumer.js';
export type { JudgeCommit, UnreadableCommit, Verdict } from './consumer/judge.js';
export { groupByStream } from './consumer/commit-batch.js';
export { inParallel } from './consumer/in-parallel.js';
export { logFailure, toLogEntry } from './consumer/failure.js';
export type { ConsumerFailure, FailureListener, StreamFailure } from './consumer/failure.js';

// What it costs
export { meterCapacity } from './capacity-meter.js';
export type { CapacityMeter, Consumption } from './capacity-meter.js';
export { paceOf } from './pace.js';
export type { Pace } from './pace.js';
