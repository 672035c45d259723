import type { Assumptions } from './assumptions.js';
import type { Consumption } from './consumption.js';
import { ALARM_METRICS, emptyReceives, HOURS, MEMORY_MB, scheduledCalls, streams } from './deployed.js';
import type { PriceName } from './prices.js';

/** How much of each thing that has a price. */
export type Usage = Readonly<Record<PriceName, number>>;

const GB = 1024 ** 3;

/** EventBridge sends, Lambda receives and deletes. */
const SQS_REQUESTS = 3;

/** What `ServiceBus` and `ServiceFunction` keep unless they are told otherwise. */
const ARCHIVE_MONTHS = 3;
const LOG_MONTHS = 1;

/** An eventually consistent read of a row below 4 KB. */
const LOOK_UNITS = 0.5;

/** A sweep that finds nothing, and the gauges: one Query, two for the saga and one for each projection that parks. */
const SWEEP_UNITS = 6 * 0.5;

/**
 * Batches in which records reach the functions that read the stream: each record alone, unless a function gathers them. Then a
 * batch is a record, and what comes in the same shard within the window after it.
 *
 * Reads of the stream itself are free where Lambda makes them. Source: DynamoDB Developer Guide, "Evaluate your Streams usage".
 *
 * @param perSecond - Records a second, all shards together.
 */
export function batchesOf(records: number, perSecond: number, { shards }: Assumptions): number {
  return streams.reduce((sum, { batchSize = 100, windowSeconds = 0 }) => {
    return sum + records / Math.min(batchSize, 1 + (perSecond / shards) * windowSeconds);
  }, 0);
}

/** Records a second, if the orders of a month come evenly. */
export const recordsPerSecond = (orders: number, recordsOfOrder: number): number =>
  (orders * recordsOfOrder) / (HOURS * 3_600);

/**
 * What an order takes, all told. What is stored is counted for as long as it is kept, so this is also what an order adds to the bill of a
 * month when as many orders go as come.
 */
export function usageOfOrder(order: Consumption, perSecond: number, assumed: Assumptions): Usage {
  const looks = assumed.readsPerOrder;
  // A timer comes back over the bus, and looks into a ledger.
  const queued = order.calls - order.requests + order.timers;
  const requests = order.requests + looks;
  const batches = batchesOf(order.records, perSecond, assumed);
  // One when it begins, one when it ends.
  const ofSockets = 2 * assumed.connectionsPerOrder;
  const calls = requests + ofSockets + queued + batches;
  const seconds =
    (MEMORY_MB.http * requests * assumed.httpMs +
      MEMORY_MB.socket * ofSockets * assumed.httpMs +
      MEMORY_MB.bus * queued * assumed.busMs +
      MEMORY_MB.stream * batches * assumed.streamMs) /
    1_024 /
    1_000;
  return {
    ...nothing,
    writeUnit: order.writeUnits + order.rowWriteUnits,
    readUnit: order.queries + order.rowReadUnits + order.timers + looks * LOOK_UNITS,
    // The index holds the rows once more.
    tableGbMonth: ((order.eventBytes + 2 * order.rowBytes) / GB) * assumed.keptMonths,
    // Source: DynamoDB Developer Guide, "Enable point-in-time recovery in DynamoDB": by table data and local secondary indexes.
    recoveryGbMonth: ((order.eventBytes + order.rowBytes) / GB) * assumed.keptMonths,
    lambdaCall: calls,
    lambdaGbSecond: seconds,
    busEntry: order.entries + order.timers,
    schedulerCall: order.timers,
    archiveGb: order.entryBytes / GB,
    archiveGbMonth: (order.entryBytes / GB) * ARCHIVE_MONTHS,
    sqsRequest: queued * SQS_REQUESTS,
    httpRequest: requests,
    socketMessage: assumed.socketMessagesPerOrder,
    socketMinute: assumed.socketMinutesPerOrder,
    ...logsOf(calls, assumed),
  };
}

/** What a month takes in which nobody orders. */
export function usageOfIdleMonth(assumed: Assumptions): Usage {
  return {
    ...nothing,
    readUnit: scheduledCalls * SWEEP_UNITS,
    lambdaCall: scheduledCalls,
    lambdaGbSecond: (MEMORY_MB.timer * scheduledCalls * assumed.timerMs) / 1_024 / 1_000,
    sqsRequest: emptyReceives(assumed.pollers) + scheduledCalls * SQS_REQUESTS,
    ...logsOf(scheduledCalls, assumed),
    alarmMetric: ALARM_METRICS,
    dashboard: assumed.dashboards,
    customMetric: assumed.customMetrics,
  };
}

function logsOf(calls: number, { logBytesPerCall }: Assumptions) {
  const gb = (calls * logBytesPerCall) / GB;
  return { logGb: gb, logGbMonth: gb * LOG_MONTHS };
}

const nothing: Usage = {
  writeUnit: 0,
  readUnit: 0,
  tableGbMonth: 0,
  recoveryGbMonth: 0,
  lambdaCall: 0,
  lambdaGbSecond: 0,
  busEntry: 0,
  schedulerCall: 0,
  archiveGb: 0,
  archiveGbMonth: 0,
  sqsRequest: 0,
  httpRequest: 0,
  socketMessage: 0,
  socketMinute: 0,
  logGb: 0,
  logGbMonth: 0,
  alarmMetric: 0,
  dashboard: 0,
  customMetric: 0,
};
