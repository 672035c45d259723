import { EverfoldError } from '@everfold/core';
import type { Timer } from './timers.js';

const LONGEST_SHOWN = 100;

/** What is to be a timer is none: nothing was set. */
export class InvalidTimerError extends EverfoldError<'INVALID_TIMER'> {
  /** What is wrong, such as `at`; `detail` for all of it. */
  readonly field: string;
  readonly value: unknown;

  /** @param remedy - What it has to be, as a sentence without its full stop. */
  constructor(field: string, value: unknown, remedy: string) {
    const text = JSON.stringify(value) ?? 'missing';
    const shown = text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
    super('INVALID_TIMER', `The ${field} of a timer is ${shown}. ${remedy}.`);
    this.field = field;
    this.value = value;
  }
}

/** The scheduler did not take a timer: it will not come back, unless it is set again. */
export class TimerNotSetError extends EverfoldError<'TIMER_NOT_SET'> {
  readonly timer: Timer;

  /**
   * @param reason - What the scheduler said.
   * @param retryable - Whether it may say something else next time.
   */
  constructor(timer: Timer, reason: string, retryable: boolean, options?: ErrorOptions) {
    const remedy = retryable
      ? 'Set it again'
      : 'Check the bus, the role and the group, and the rights to scheduler:CreateSchedule and iam:PassRole';
    const { saga, step, key, at } = timer;
    super(
      'TIMER_NOT_SET',
      `The timer of step "${step}" of saga "${saga}" for "${key}", due at ${at}, was not set: ${reason}. ${remedy}.`,
      { retryable, ...options },
    );
    this.timer = timer;
  }
}
