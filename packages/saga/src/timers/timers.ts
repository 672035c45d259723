/** Brings something back to a step of a saga at a time. */
export interface Timer {
  readonly saga: string;
  readonly step: string;
  readonly key: string;
  /** ISO 8601, when it is due. */
  readonly at: string;
}

export interface Timers {
  /** Sets a timer. The same one twice is one. */
  set(timer: Timer): Promise<void>;
}

export const TIMER_DETAIL_TYPE = 'SagaTimer';

export function parseTimer(detail: unknown): Timer {
  return detail as Timer;
}
