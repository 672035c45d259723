import {
  ConflictException,
  CreateScheduleCommand,
  type SchedulerClient,
  ValidationException,
} from '@aws-sdk/client-scheduler';
import { type Clock, checkWholeNumber, InvalidArgumentError, systemClock } from '@everfold/core';
import { noteOf } from '../error-note.js';
import { type ScheduleAddress, toCreateSchedule } from './create-schedule.js';
import { TimerNotSetError } from './errors.js';
import { parseTimer, type Timer, type Timers } from './timers.js';

export interface SchedulerTimersOptions {
  readonly client: SchedulerClient;
  /** ARN of the bus on which timers come back. */
  readonly busArn: string;
  /** The `source` of the events with which they come back: the service's own, as its publisher has it. */
  readonly source: string;
  /** ARN of the role in which EventBridge Scheduler puts them there: it needs `events:PutEvents` on the bus. */
  readonly roleArn: string;
  /** The schedule group, which must be there. Default: the account's `default`. */
  readonly groupName?: string;
  /** ARN of an SQS standard queue for timers that did not get onto the bus within a day. Default: they are dropped. */
  readonly deadLetterArn?: string;
  /** How far ahead a schedule is set at the least, seconds, 1 to 3,600: what is due before comes then. Default 10. */
  readonly leadSeconds?: number;
  readonly clock?: Clock;
}

/** Source: EventBridge Scheduler API Reference, "CreateSchedule", "Target" and "EventBridgeParameters". */
const RULES = {
  busArn: [/^arn:aws[\w-]*:events:[\w-]+:\d{12}:event-bus\/[\w./-]+$/, 'the ARN of an event bus'],
  source: [
    /^(?!aws\.)[/.\-_A-Za-z0-9].{0,255}$/,
    'at most 256 characters that begin neither with "aws." nor with a space',
  ],
  roleArn: [/^arn:aws[\w-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/, 'the ARN of a role'],
  groupName: [/^[0-9a-zA-Z._-]{1,64}$/, '1 to 64 letters, digits, dashes, underscores and dots, or nothing'],
  deadLetterArn: [/^arn:aws[\w-]*:sqs:[\w-]+:\d{12}:[\w-]+$/, 'the ARN of an SQS standard queue, or nothing'],
} as const satisfies Readonly<Record<keyof ScheduleAddress, readonly [pattern: RegExp, kind: string]>>;

/** What the scheduler will say again. */
const FINAL = new Set(['ValidationException', 'ResourceNotFoundException', 'AccessDeniedException']);

/**
 * Timers on Amazon EventBridge Scheduler: one-time schedules, which are deleted when they have run.
 *
 * Scheduler's precision is a minute: a timer comes within the 60 seconds after its time, and retries that are finer make no
 * sense with it. Whoever gets a timer goes by what it says and not by the time at which it comes.
 * Source: EventBridge Scheduler User Guide, "Schedule types in EventBridge Scheduler".
 *
 * AWS does not say what becomes of a schedule whose time is past, so none is set for then: what is due already, or within
 * `leadSeconds`, is set for the end of these.
 *
 * A timer costs one request, and when it comes one scheduled invocation and one event on the bus. The first 14 million
 * invocations a month are free; a million more are $1.00 in us-east-1 and eu-west-1, $1.15 in eu-central-1, and a million events $1.00.
 * Source: AWS Price List, offer AWSEvents, published 2026-05-29, which has no price for requests.
 *
 * An account has 10 million schedules a Region, and 250 to some thousand requests to create one a second; both can be raised.
 * Source: EventBridge Scheduler User Guide, "Quotas for Amazon EventBridge Scheduler".
 *
 * Who sets timers needs `scheduler:CreateSchedule` on the group and `iam:PassRole` on the role.
 *
 * @throws InvalidArgumentError when an option is not what Scheduler takes.
 *
 * @example
 * ```ts
 * import { SchedulerClient } from '@aws-sdk/client-scheduler';
 *
 * const timers = new SchedulerTimers({
 *   client: new SchedulerClient({}),
 *   busArn: 'arn:aws:events:eu-central-1:123456789012:event-bus/orders',
 *   source: 'shop.payment',
 *   roleArn: 'arn:aws:iam::123456789012:role/timers',
 * });
 * await timers.set({ saga: 'fulfilment', step: 'charge', key: id, at: '2026-01-02T03:04:05Z' });
 * ```
 */
export class SchedulerTimers implements Timers {
  readonly #options: SchedulerTimersOptions;
  readonly #leadMs: number;
  readonly #clock: Clock;

  constructor(options: SchedulerTimersOptions) {
    const { leadSeconds = 10, clock = systemClock } = options;
    for (const [option, [pattern, kind]] of Object.entries(RULES)) {
      const value = options[option as keyof typeof RULES];
      if (value === undefined ? kind.endsWith('or nothing') : pattern.test(value)) continue;
      throw new InvalidArgumentError(`${option} of the timers is "${value}"; give ${kind}.`);
    }
    checkWholeNumber(`leadSeconds of the timers is ${leadSeconds}`, leadSeconds, 1, 3_600);
    this.#options = options;
    this.#leadMs = leadSeconds * 1_000;
    this.#clock = clock;
  }

  /**
   * Sets a timer. Costs one request; a second one when the scheduler refused it and its time was past by then.
   *
   * @throws InvalidTimerError when it is none; nothing was sent.
   * @throws TimerNotSetError when the scheduler does not take it.
   */
  async set(timer: Timer): Promise<void> {
    const parsed = parseTimer(timer);
    const isSet = await this.#create(parsed);
    if (!isSet) await this.#create(parsed, true);
  }

  /** @returns Whether it is set: it is not when the request took so long that its time was past. */
  async #create(timer: Timer, isLast = false): Promise<boolean> {
    const { input, dueAt } = toCreateSchedule(timer, this.#options, this.#clock.now() + this.#leadMs);
    try {
      await this.#options.client.send(new CreateScheduleCommand(input));
      return true;
    } catch (error) {
      // One of its name is there: it is set already.
      if (error instanceof ConflictException) return true;
      const isLate = error instanceof ValidationException && dueAt <= this.#clock.now();
      if (isLate && !isLast) return false;
      const { name, message } = noteOf(error);
      throw new TimerNotSetError(timer, `${name}: ${message}`, isLate || !FINAL.has(name), { cause: error });
    }
  }
}
