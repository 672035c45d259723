import { createHash } from 'node:crypto';
import type { CreateScheduleCommandInput } from '@aws-sdk/client-scheduler';
import { InvalidTimerError } from './errors.js';
import { identityOf, TIMER_DETAIL_TYPE, type Timer } from './timers.js';

/** Where timers come back, and by whose leave. */
export interface ScheduleAddress {
  readonly busArn: string;
  readonly source: string;
  readonly roleArn: string;
  readonly groupName?: string | undefined;
  readonly deadLetterArn?: string | undefined;
}

/** A request, and for when it asks, milliseconds since 1970. */
export interface ScheduleRequest {
  readonly input: CreateScheduleCommandInput;
  readonly dueAt: number;
}

/** Source: EventBridge Scheduler API Reference, "Target": the input has at most 256 KB. */
const LARGEST_INPUT_BYTES = 262_144;

/** Source: EventBridge Scheduler API Reference, "CreateSchedule": 1 to 64 letters, digits, dashes, underscores and dots. */
const LONGEST_NAME = 64;

/** 128 bits, in a notation in which upper and lower case do not matter. */
const HASH_DIGITS = 32;

/**
 * The request that sets a timer.
 *
 * An event that the bus refuses is tried again for a day, as often as Scheduler does it at all: a timer that is late does
 * its work, one that is lost waits for the sweeper.
 * Source: EventBridge Scheduler API Reference, "RetryPolicy": up to 86,400 seconds and 185 attempts.
 *
 * @param earliest - What is due before is set for then, milliseconds since 1970.
 * @throws InvalidTimerError when it is too large.
 */
export function toCreateSchedule(timer: Timer, address: ScheduleAddress, earliest: number): ScheduleRequest {
  const { busArn, source, roleArn, groupName, deadLetterArn } = address;
  const input = JSON.stringify(timer);
  const bytes = Buffer.byteLength(input);
  if (bytes > LARGEST_INPUT_BYTES) {
    const remedy = `With it the timer has ${bytes} bytes, and EventBridge Scheduler takes ${LARGEST_INPUT_BYTES}: use a shorter one`;
    throw new InvalidTimerError('key', timer.key, remedy);
  }
  // Scheduler knows whole seconds: never before it is due.
  const dueAt = Math.ceil(Math.max(Date.parse(timer.at), earliest) / 1000) * 1000;
  return {
    dueAt,
    input: {
      Name: scheduleName(timer, address),
      GroupName: groupName,
      ScheduleExpression: `at(${new Date(dueAt).toISOString().slice(0, 19)})`,
      ScheduleExpressionTimezone: 'UTC',
      FlexibleTimeWindow: { Mode: 'OFF' },
      ActionAfterCompletion: 'DELETE',
      Target: {
        Arn: busArn,
        RoleArn: roleArn,
        EventBridgeParameters: { DetailType: TIMER_DETAIL_TYPE, Source: source },
        Input: input,
        RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
        DeadLetterConfig: deadLetterArn === undefined ? undefined : { Arn: deadLetterArn },
      },
    },
  };
}

/**
 * The name of a timer's schedule: what a person can read of saga, step and key, and a hash of all of them, of the time, and
 * of where it comes back. Two services, or two stages of one, may share an account and a group: if one took the other's
 * timer for its own, its step would wait for ever.
 */
export function scheduleName(timer: Timer, { busArn, source }: Pick<ScheduleAddress, 'busArn' | 'source'>): string {
  const identity = JSON.stringify([busArn, source, ...identityOf(timer)]);
  const hash = createHash('sha256').update(identity).digest('hex').slice(0, HASH_DIGITS);
  const readable = [timer.saga, timer.step, timer.key].join('-').replace(/[^0-9a-zA-Z._-]+/g, '_');
  return `${readable.slice(0, LONGEST_NAME - HASH_DIGITS - 1)}-${hash}`;
}
