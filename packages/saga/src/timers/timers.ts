import { InvalidTimerError } from './errors.js';

/** Brings something back to a step of a saga at a time. */
export interface Timer {
  readonly saga: string;
  readonly step: string;
  readonly key: string;
  /** ISO 8601, when it is due. */
  readonly at: string;
}

/**
 * Sets timers. A timer comes back at least once, on the service's bus. One that is stale or doubled does no harm, as the
 * ledger decides, so that none has ever to be cancelled.
 */
export interface Timers {
  /** Sets a timer. The same one twice is one. */
  set(timer: Timer): Promise<void>;
}

/** The `detail-type` of the event with which a timer comes back; its `detail` is the {@link Timer}. */
export const TIMER_DETAIL_TYPE = 'SagaTimer';

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/**
 * Reads a timer out of the detail of its event. Fields that it does not know are left out.
 *
 * @throws InvalidTimerError when it is none.
 */
export function parseTimer(detail: unknown): Timer {
  if (typeof detail !== 'object' || detail === null) {
    throw new InvalidTimerError('detail', detail, 'It is an object with saga, step, key and at');
  }
  const { saga, step, key, at }: Partial<Record<keyof Timer, unknown>> = detail;
  const timer = { saga: named('saga', saga), step: named('step', step), key: named('key', key), at: named('at', at) };
  if (!INSTANT.test(timer.at) || Number.isNaN(Date.parse(timer.at))) {
    throw new InvalidTimerError('at', at, 'It is a time as ISO 8601 with its zone, such as 2026-01-02T03:04:05Z');
  }
  return timer;
}

/** What two timers have in common only when they are the same one, however their time is spelled. */
export function identityOf({ saga, step, key, at }: Timer): readonly (string | number)[] {
  return [saga, step, key, Date.parse(at)];
}

function named(field: keyof Timer, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new InvalidTimerError(field, value, 'It is a string, and not an empty one');
}
