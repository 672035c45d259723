// The event store
export { DynamoDBEventStore } from './store.js';
export type { DynamoDBEventStoreOptions } from './store.js';
export { eventTable } from './table.js';
export { ThrottledError } from './failures.js';

// Its items, as the table and its stream hold them
export { fromItem, itemBytes, toItem } from './commit-item.js';
export type { CommitItem } from './commit-item.js';
export { decodeStreamRecord, encodeStreamRecord } from './stream-record.js';

// What it costs
export { meterCapacity } from './capacity-meter.js';
export type { CapacityMeter, Consumption } from './capacity-meter.js';
