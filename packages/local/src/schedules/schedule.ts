import { z } from 'zod';
import { isObject } from '../bus/pattern/leaf.js';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../lambda-context.js';
import { SchedulerRefusedError } from './scheduler-refused-error.js';

/* Limits and patterns. Source: EventBridge Scheduler API Reference, "CreateSchedule", "Target", "EventBridgeParameters",
   "RetryPolicy" and "FlexibleTimeWindow". */

const name = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[0-9a-zA-Z-_.]+$/);

const expression = z.string().refine((text) => dueTime(text) !== undefined, {
  error: ({ input }) => `Invalid Schedule Expression ${input}. The local scheduler knows only at(yyyy-mm-ddThh:mm:ss).`,
});

const target = z.object({
  Arn: z
    .string()
    .regex(
      /^arn:[\w-]+:events:[\w-]+:\d{12}:event-bus\/[\w./-]+$/,
      'must be the ARN of an event bus: the local scheduler knows no other target',
    ),
  RoleArn: z.string().regex(/^arn:aws(-[a-z]+)?:iam::\d{12}:role\/[\w+=,.@/-]+$/),
  EventBridgeParameters: z.object({
    DetailType: z.string().min(1).max(128),
    Source: z
      .string()
      .min(1)
      .max(256)
      .regex(/^(?!aws\.)[/.\-_A-Za-z0-9]/),
  }),
  Input: z
    .string()
    .refine((text) => Buffer.byteLength(text) <= 262_144, 'must have at most 256 KB')
    .refine(isJsonObject, 'must be a JSON object, as the detail of an event is'),
  RetryPolicy: z
    .object({
      MaximumEventAgeInSeconds: z.int().min(60).max(86_400).optional(),
      MaximumRetryAttempts: z.int().min(0).max(185).optional(),
    })
    .optional(),
  DeadLetterConfig: z.object({ Arn: z.string().optional() }).optional(),
});

const request = z.object({
  Name: name,
  GroupName: name.default('default'),
  ScheduleExpression: expression,
  ScheduleExpressionTimezone: z.literal('UTC', 'must be UTC: the local scheduler knows no other').default('UTC'),
  FlexibleTimeWindow: z.object({
    Mode: z.enum(['OFF', 'FLEXIBLE']),
    MaximumWindowInMinutes: z.int().min(1).max(1440).optional(),
  }),
  Target: target,
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  ActionAfterCompletion: z.enum(['NONE', 'DELETE']).default('NONE'),
  Description: z.string().max(512).optional(),
  ClientToken: z.string().min(1).max(64).optional(),
});

const schedule = request.extend({
  /** Milliseconds since 1970. */
  createdAt: z.number(),
  /** Whether it has run. */
  isCompleted: z.boolean(),
});

/** What the AWS SDK's `CreateScheduleCommand` takes, as far as one machine runs it. */
export type ScheduleRequest = z.output<typeof request>;

/** A one-time schedule that puts an event on a bus. */
export type Schedule = z.output<typeof schedule>;

/**
 * Reads a request to create a schedule.
 *
 * @throws SchedulerRefusedError when EventBridge Scheduler would refuse it, or the local one does not know how to run it.
 */
export function parseScheduleRequest(input: unknown): ScheduleRequest {
  const { data, error } = request.safeParse(input);
  if (data !== undefined) return data;
  const problems = error.issues.map(
    ({ path, message }) => `Value at '${path.join('.')}' failed to satisfy constraint: ${message}`,
  );
  const count = `${problems.length} validation error${problems.length === 1 ? '' : 's'} detected`;
  throw new SchedulerRefusedError('ValidationException', `${count}: ${problems.join('; ')}`, { cause: error });
}

/** Reads a schedule that was kept. @throws When it is none. */
export function parseSchedule(value: unknown): Schedule {
  return schedule.parse(value);
}

/** When a schedule is due, milliseconds since 1970; nothing when it is not a time in UTC. */
export function dueTime(text: string): number | undefined {
  const [, time] = /^at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)$/.exec(text) ?? [];
  if (time === undefined) return undefined;
  const due = new Date(`${time}Z`);
  // Some days that there are not, such as February 30, are taken for days of the next month.
  return !Number.isNaN(due.getTime()) && due.toISOString().startsWith(time) ? due.getTime() : undefined;
}

export function scheduleArn({ GroupName, Name }: Pick<Schedule, 'GroupName' | 'Name'>): string {
  return `arn:aws:scheduler:${LOCAL_REGION}:${LOCAL_ACCOUNT}:schedule/${GroupName}/${Name}`;
}

function isJsonObject(text: string): boolean {
  try {
    return isObject(JSON.parse(text));
  } catch {
    return false;
  }
}
