import { rateMs, type StreamTrigger } from '@everfold/core';
import { functions } from '../functions.js';

/* What stands on AWS whether or not somebody orders. A test compares it with the template. */

/** Megabytes of a function, by what calls it. */
export const MEMORY_MB = { http: 512, socket: 512, stream: 512, bus: 256, timer: 256 } as const;

/** Metrics at which alarms look: some look at two. */
export const ALARM_METRICS = 70;

/** Metrics that functions write: one for each value of what they are told apart by. */
export const CUSTOM_METRICS = 11;

/** Hours of a month, as AWS reckons them in its examples. */
export const HOURS = 730;

/** The longest that a request waits for a message. Source: Amazon SQS Developer Guide, "Amazon SQS short and long polling". */
const LONG_POLL_SECONDS = 20;

/** The triggers of the functions that read the event table's stream. */
export const streams: readonly StreamTrigger[] = functions.flatMap(({ trigger }) =>
  trigger.kind === 'stream' ? [trigger] : [],
);

/** Queues from which functions take events: one for each rule and each schedule. */
export const queues: number = functions.filter(({ trigger }) => ['bus', 'timer'].includes(trigger.kind)).length;

/** Calls on schedule in a month. */
export const scheduledCalls: number = functions.reduce(
  (sum, { trigger }) => sum + (trigger.kind === 'timer' ? (HOURS * 3_600_000) / rateMs(trigger.every) : 0),
  0,
);

/**
 * Requests in a month that ask a queue in which there is nothing. Lambda begins with five pollers, and keeps them.
 * Source: AWS Compute Blog, "Understanding how AWS Lambda scales with Amazon SQS standard queues": "starting at five concurrent batches".
 */
export function emptyReceives(pollers: number): number {
  return (queues * pollers * HOURS * 3_600) / LONG_POLL_SECONDS;
}
