import { describe, expect, it } from 'vitest';
import { assume } from './assumptions.js';
import type { Consumption } from './consumption.js';
import { CUSTOM_METRICS, emptyReceives, queues } from './deployed.js';
import { batchesOf, recordsPerSecond, usageOfIdleMonth, usageOfOrder } from './usage.js';

const GB = 1024 ** 3;

const order: Consumption = {
  queries: 3,
  puts: 4,
  transactions: 1,
  writeUnits: 8,
  entries: 5,
  calls: 7,
  timers: 1,
  requests: 1,
  records: 6,
  rowReadUnits: 10,
  rowWriteUnits: 20,
  eventBytes: GB / 2,
  entryBytes: GB / 4,
  rowBytes: GB / 8,
};
const assumed = assume('httpMs=100,busMs=50,streamMs=40,readsPerOrder=2,logBytesPerCall=1000,keptMonths=12,shards=4');

describe('what an order takes', () => {
  it('is what it consumes, and what follows from that', () => {
    // No other records come: each of 6 is a batch for each of 4 functions. 1 + 2 requests, 6 events and 1 timer through queues.
    const calls = 3 + 7 + 24;

    expect(usageOfOrder(order, 0, assumed)).toEqual({
      writeUnit: 28,
      readUnit: 3 + 10 + 1 + 2 * 0.5,
      tableGbMonth: 12 * (1 / 2 + 2 / 8),
      recoveryGbMonth: 12 * (1 / 2 + 1 / 8),
      lambdaCall: calls,
      // 3 × 0.5 GB × 0.1 s, 7 × 0.25 GB × 0.05 s, 24 × 0.5 GB × 0.04 s
      lambdaGbSecond: expect.closeTo(0.15 + 0.0875 + 0.48, 10),
      busEntry: 6,
      schedulerCall: 1,
      archiveGb: 0.25,
      archiveGbMonth: 0.75,
      sqsRequest: 21,
      httpRequest: 3,
      socketMessage: 0,
      socketMinute: 0,
      logGb: (calls * 1_000) / GB,
      logGbMonth: (calls * 1_000) / GB,
      alarmMetric: 0,
      dashboard: 0,
      customMetric: 0,
    });
  });

  it('has WebSockets when they are assumed', () => {
    const { lambdaCall, lambdaGbSecond } = usageOfOrder(order, 0, assumed);
    const sockets = { ...assumed, connectionsPerOrder: 1, socketMessagesPerOrder: 6, socketMinutesPerOrder: 10 };

    expect(usageOfOrder(order, 0, sockets)).toMatchObject({
      socketMessage: 6,
      socketMinute: 10,
      lambdaCall: lambdaCall + 2,
      lambdaGbSecond: expect.closeTo(lambdaGbSecond + 2 * 0.5 * 0.1, 10),
    });
  });
});

describe('batches', () => {
  it('are shared by what comes within the window in the same shard', () => {
    // 4 a second in each shard: the publisher gathers none, three projections a second.
    expect(batchesOf(100, 16, assumed)).toBe(100 + 3 * (100 / 5));
  });

  it('are never larger than the functions take', () => {
    expect(batchesOf(500, 1e6, assumed)).toBe(500 + 3);
  });

  it('go by the orders of a month of 730 hours', () => {
    expect(recordsPerSecond(2_628_000, 10)).toBe(10);
  });
});

describe('a month without orders', () => {
  it('has schedules, empty queues, alarms and a dashboard', () => {
    // Every minute, for 730 hours.
    const calls = 43_800;
    const usage = usageOfIdleMonth(assume('timerMs=100,pollers=5'));

    expect(usage).toMatchObject({
      lambdaCall: calls,
      lambdaGbSecond: calls * 0.25 * 0.1,
      // The sweep, two gauges of the saga, and one of each projection.
      readUnit: 6 * (calls / 2),
      sqsRequest: queues * 657_000 + 3 * calls,
      dashboard: 1,
      customMetric: CUSTOM_METRICS,
      writeUnit: 0,
    });
  });

  it('asks an empty queue five times every 20 seconds', () => {
    expect(emptyReceives(5) / queues).toBe(5 * 3 * 60 * 730);
  });
});
